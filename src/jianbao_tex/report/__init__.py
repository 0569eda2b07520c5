"""
Results as data: the JSON of findings, results and measured pages, and the JSON Schema of it.

Who prints it, the command or a service, only chooses the language and where it goes.
"""
