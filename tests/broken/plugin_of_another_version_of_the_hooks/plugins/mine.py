from jianbao_tex.hooks import what_is_not_there_yet

JIANBAO_API = "2.0"
