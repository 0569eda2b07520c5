"""``python -m jianbao_tex`` is the command ``jianbao``."""

from jianbao_tex.cli import entry

if __name__ == "__main__":
    entry()
