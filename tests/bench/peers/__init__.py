"""What others would find for the same questions, with the same weights over the same cleaned text."""
