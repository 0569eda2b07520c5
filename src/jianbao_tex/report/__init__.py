"""
Results as data: the JSON of findings, results and measured pages, and the JSON Schema of it.

The caller (command or service) chooses only the language and the destination.
"""
