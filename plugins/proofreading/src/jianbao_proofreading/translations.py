"""What the checks say, in Chinese."""

CHINESE = {
    # Titles and series.
    "the contents say “{contents}” where the title of the article says “{title}”": (
        "目录写作“{contents}”，而文章标题写作“{title}”"
    ),
    "write both alike, or shorten the title in the contents by more than a word": (
        "两处写成一样；目录标题如要缩短，不能只差一个词"
    ),
    "the number {found} does not come after the number {before} of the issue before": (
        "期号{found}不大于上一期的{before}"
    ),
    "look which number is due; issues of a year are numbered upwards": (
        "核对期号；同一年的各期依次递增"
    ),
    "the date {found} is earlier than the date {before} of the issue before": (
        "日期{found}早于上一期的{before}"
    ),
    "look which day is right, here or there": "核对本期和上一期的日期",
    # Days.
    "{date} is not a {found} but a {expected}": "{date}不是{found}，而是{expected}",
    "look which of the two is right, the day or the day of the week": ("核对日期与星期哪个有误"),
    "the calendar has no {date}": "没有{date}这一天",
    "look which day is meant": "核对日期",
    # Marks.
    "a half-width {found} stands in Chinese text": "中文里用了半角标点{found}",
    "write the full-width {expected} (GB/T 15834)": "改用全角{expected}（GB/T 15834）",
    "a straight quote {found} stands in Chinese text": "中文里用了直引号{found}",
    "write curly quotes “” or ‘’ (GB/T 15834)": "改用弯引号“”或‘’（GB/T 15834）",
    "the mark {found} closes nothing": "{found}没有与之配对的前一半",
    "put {expected} where it begins, or take the mark away": (
        "在开头处补上{expected}，或删去此标点"
    ),
    "the mark {found} is not closed": "{found}没有与之配对的后一半",
    "put {expected} where it ends, or take the mark away": ("在结尾处补上{expected}，或删去此标点"),
    # Headings.
    "a heading of level {level} follows one of level {before}": (
        "第{before}级小标题之后直接是第{level}级"
    ),
    "take the levels in their order: 一、 （一） 1. （1） (GB/T 9704-2012, 7.3.3)": (
        "层次序数依次用：一、 （一） 1. （1）（GB/T 9704—2012，7.3.3）"
    ),
    "the heading is numbered {found} where {expected} is due": (
        "小标题序号是{found}，应为{expected}"
    ),
    "number the headings of a level one after the other, or look for the one that is missing": (
        "同级小标题依次编号，或查找漏掉的一条"
    ),
    # Receivers.
    "{name} received the issue before and is not named here": (
        "上一期发送单位中的{name}，本期没有"
    ),
    "look whether it was left out or is written in another way": "核对是漏写还是写法不同",
    "the issue before had a line {label} of receivers, this one has none": (
        "上一期有“{label}”一行，本期没有"
    ),
    "look whether the line was left out": "核对是否漏了这一行",
    # Characters and numbers.
    "{found} stands where {expected} is meant": "{found}重复，应为{expected}",
    "delete what was typed twice": "删去重复的字符",
    "the range {found} has the sign of a compound": "范围“{found}”用了短横线或半角连接号",
    "write {expected} (GB/T 15835-2011, 5.1.4; GB/T 15834-2011, 4.13)": (
        "写作{expected}（GB/T 15835—2011，5.1.4；GB/T 15834—2011，4.13）"
    ),
    "the first number of {found} lacks its percent sign": "“{found}”的前一个数缺百分号",
    "write {expected} (GB/T 15835-2011, 5.1.4)": "写作{expected}（GB/T 15835—2011，5.1.4）",
    "the year {found} has another zero than 〇": "年份{found}的“零”应写作“〇”",
    "write {expected} (GB/T 15835-2011, 5.2.5)": "写作{expected}（GB/T 15835—2011，5.2.5）",
    "the approximate number {found} has a mark inside": "概数{found}中间不用顿号",
    "write {expected} (GB/T 15835-2011, 5.2.1)": "写作{expected}（GB/T 15835—2011，5.2.1）",
}
"""Each message and advice as it stands in the source, and its Chinese."""
