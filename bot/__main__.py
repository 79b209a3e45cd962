"""`python -m bot`: the same entry point as the console script `siyu`."""

from bot.cli import main

if __name__ == "__main__":
    main()
