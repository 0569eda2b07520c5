"""
The test kit: builds projects with plugins and issues, and compares the results.

For pytest: ``-p jianbao_tex.testing.fixtures`` brings the fixtures ``project`` and
``golden``, and the option ``--accept``.
"""

from jianbao_tex.testing.conformance import conformance
from jianbao_tex.testing.project import Build, Project, plugin_at

__all__ = ["Build", "Project", "conformance", "plugin_at"]
