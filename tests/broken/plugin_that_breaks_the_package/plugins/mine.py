import dataclasses

import jianbao_tex.builtin
from jianbao_tex.builtin.checks import CHECKS

jianbao_tex.builtin.CHECKS = (dataclasses.replace(CHECKS[0], run=len), *CHECKS[1:])
