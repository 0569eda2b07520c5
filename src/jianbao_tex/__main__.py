"""``python -m jianbao_tex`` is the command ``jianbao``."""

from jianbao_tex.cli import main

if __name__ == "__main__":
    main()
