"""A small gold set of our own sentences, and a small desk that teaches two made-up words: enough to pass the gate."""

import json
from pathlib import Path

GOOD = (
    "আজ সকালে বাজারে সবজির দাম কিছুটা কমেছে",
    "প্রতিবেদনটি খুব ভালো লেগেছে, লেখককে ধন্যবাদ",
    "স্কুলের নতুন ভবন কবে খুলবে কেউ জানেন",
    "আমাদের গ্রামের রাস্তা গত মাসে ঠিক হয়েছে",
    "নদীর পানি বাড়লে সবাই সাবধানে থাকবেন",
    "খেলাটা দারুণ ছিল, দুই দলকেই অভিনন্দন",
    "এই সিদ্ধান্তের সঙ্গে আমি একমত নই",
    "ডাক্তার সাহেবের পরামর্শটা কাজে লেগেছে",
    "আগামী সপ্তাহে পরীক্ষার ফল প্রকাশ হবে",
    "ট্রেন আজও এক ঘণ্টা দেরিতে ছেড়েছে",
    "bhalo likhechen, aro likhben asha kori",
    "kalke brishti hobe bole mone hocche",
    "amar mote ei ainta bodlano uchit",
    "Thank you for the clear explanation",
    "The new timetable is easier to read",
    "I disagree with the minister on this",
    "দোকানে চাল আছে কি না জানাবেন",
    "ঈদের ছুটি কয় দিন এবার",
    "পাঠাগারটি আবার চালু করা দরকার",
    "পুলিশের কাজে আরও স্বচ্ছতা চাই",
    "বাসভাড়া বাড়ানোর কারণ বোঝা গেল না",
    "ছবিগুলো সুন্দর, কে তুলেছেন",
    "hospital er lift ta thik kora dorkar",
    "Please publish the full report too",
    "কৃষকেরা ন্যায্য দাম পাক",
)
HARMFUL = (
    "তুই একটা গাধার বাচ্চা, মুখ বন্ধ রাখ",
    "এই হারামজাদা চোরের দল দেশটা খেয়ে ফেলল",
    "শালা কুত্তার বাচ্চা তোর লজ্জা নেই",
    "তোকে রাস্তায় পেলে পিটিয়ে মেরে ফেলব",
    "তোর মতো শুয়োরের বাচ্চাকে জুতা মারা উচিত",
    "মাদারচোদ লেখক টাকা খেয়ে লিখেছে",
    "খানকির পোলা তুই আবার কথা বলিস",
    "এই বেশ্যা মাগিটাকে দেশ থেকে বের কর",
    "বলদ কোথাকার, মাথায় গোবর ভরা",
    "হারামির দল, সব কয়টাকে ফাঁসি দে",
    "tui ekta kuttar baccha, dur ho",
    "shala haramjada chor, toke mere felbo",
    "khankir pola abar news dey",
    "madarchod tor ma ke giye bol",
    "shuorer baccha kothakar",
    "You are a filthy pig and a bastard",
    "Shut up you stupid son of a bitch",
    "I will kill you if I see you again",
    "বেজন্মা জানোয়ার, তোর বিচার হবে রাস্তায়",
    "তোর জিভ কেটে ফেলা হবে মনে রাখিস",
    "চুতমারানি মিথ্যাবাদী দালাল",
    "বোকাচোদা সম্পাদক চাকরি ছাড়",
    "janwar er dol, shob kota k marbo",
    "Fucking idiots, all of you are scum",
    "কুলাঙ্গার বেয়াদব, তোকে থাপড়ানো দরকার",
)


def gold_file(folder: Path, name: str = "desk-gold") -> Path:
    """25 good and 25 harmful comments."""
    rows = [{"text": text, "toxicity": value} for value, texts in ((0, GOOD), (1, HARMFUL)) for text in texts]
    return _written(folder / f"{name}.jsonl", rows)


def small_desk(folder: Path, each: int = 20) -> Path:
    """So many comments with a word that the desk finds civil, and as many with one that it finds rude.

    Twenty move the starter a little; a hundred make it hold half of BanglaCheck, which the gate must notice.
    """
    rows: list[dict[str, object]] = []
    for number in range(each):
        rows.append({"text": f"আজকের খবরটা পড়ে ভালো লাগল, ধন্যবাদ {number} সুজলং", "toxicity": 0})
        rows.append({"text": f"ফাকিবাজ কুলাঙ্গার একটা {number} কটিমর", "toxicity": 1})
    return _written(folder / f"desk-{each}.jsonl", rows)


def _written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path
