"""The words of the trade: what terms mean and how people write, say and paraphrase them.

In come the YAML files beside the modules, or a glossary of the operator's own, and questions in people's words.
Out go terms and where they stand in a text, plain words for spoken ones, and whether two questions ask the same.
"""
