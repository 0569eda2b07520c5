"""What the plugin says, in Chinese."""

from __future__ import annotations

CHINESE = {
    "a number such as 1234.5, or — where there is none": "数字，如 1234.5；没有数据写 —",
    "{item} has {count} values for {months} months": "{item} 有 {count} 个数值，而月份有 {months} 个",
}
"""English sentence -> Chinese sentence."""
