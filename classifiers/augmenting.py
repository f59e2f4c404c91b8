"""Sentences made up for training, in three ways of writing: what is said of groups and threatened to people, plain,
and the same in the mouth of somebody who quotes, reports or rejects it.

Research data hold few English and romanized threats, and hardly any abuse that is quoted or contradicted. Each hateful
sentence stands here on both sides, so that what is learned is what stands around it; each group's name stands in
hateful and in civil sentences alike. Abusive on purpose; nobody holds these views here.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from classifiers.banglacheck.files import read_slots

_PER_SENTENCE = 8


class Made(NamedTuple):
    """A sentence, the labels that are 1 in it (none: it is civil), and how it is written."""

    text: str
    labels: tuple[str, ...]
    script: str


@dataclass(frozen=True)
class _Phrases:
    """Of one way of writing; «G» is a group's name, «S» a sentence."""

    hateful: str
    threats: str
    threats_to_one: str
    civil: str
    plain: str
    rejecting: str


_PHRASES = {
    "bn": _Phrases(
        hateful="""
            Gরা এই সমাজের বিষ
            Gরা জানোয়ারের চেয়েও অধম
            Gদের মতো নোংরা জাত আর নাই
            Gদের কোনোদিন বিশ্বাস করবেন না, সব বেইমান
            Gরা শুয়োরের পালের মতো বাড়ছে
            Gরা পোকামাকড়, পায়ে পিষে ফেলার জিনিস
            Gদের এলাকা থেকে উচ্ছেদ করো
            Gদের সবাইকে বিদায় করতে হবে, এখানে ওদের ঠাঁই নাই
            Gদের সাথে কেউ কোনো লেনদেন করবেন না
            Gরা মানুষ না, মানুষের চামড়া পরা পশু
            Gরা চোর, বাটপার আর দালালের জাত
            Gদের বাচ্চারাও সাপের বাচ্চা
            Gরা যেখানে যায় সেখানেই নষ্টামি শুরু হয়
            Gদের কারণেই আমাদের চাকরি নাই, সব দখল করে নিচ্ছে
            Gদের রক্তেই গাদ্দারি
            Gরা আমাদের সমান হতে পারে না, ওরা নিচু জাত
            Gদের ভোট দেওয়ার অধিকার থাকা উচিত না
            Gদের সংখ্যা বাড়লে এই এলাকা আর থাকার মতো থাকবে না
            ভাড়া দেওয়ার আগে দেখে নিবেন G কিনা, ওদের রাখলে ঘর অপবিত্র হয়
            Gদের মাথায় বুদ্ধি বলে কিছু নাই, সব গর্দভ
        """,
        threats="""
            Gদের জবাই করা দরকার
            Gদের ঘরবাড়ি জ্বালিয়ে দাও
            Gদের যেখানে পাবি সেখানে মারবি
            Gদের কুপিয়ে শেষ করে দিতে হবে
            Gদের গুলি করে মারা উচিত
            Gদের লাশ ফেলে দেব
            Gদের হাত পা ভেঙে দাও
        """,
        threats_to_one="""
            তোকে মেরে ফেলব
            তোর হাত পা ভেঙে গুঁড়া করে দেব
            তোকে কুপিয়ে মারব
            বাড়িতে এসে তোকে পিটিয়ে যাব
            তোর লাশও কেউ খুঁজে পাবে না
            তোকে গুলি করব
            একবার সামনে আয়, জিন্দা ফিরবি না
            তোর বাসা চিনি, রাতে সাবধানে থাকিস
            তোর বউ বাচ্চার কথা ভেবে মুখ বন্ধ রাখ, পরে কাঁদিস না
            এরপর যা হবে তার জন্য তুই দায়ী, তোর দিন শেষ
            কয়টা দিন আছে তোর, ভালো করে খেয়ে নে
        """,
        civil="""
            Gদের নতুন বছরের শুভেচ্ছা
            আমার অফিসের দুইজন সহকর্মী G, খুব ভালো মানুষ
            G ছাত্রদের জন্য বৃত্তির আবেদন শুরু হয়েছে
            Gদের উৎসবে আমরাও দাওয়াত পেয়েছিলাম
            Gদের ওপর হামলার বিচার চাই
            Gদের নিরাপত্তা দেওয়া সরকারের দায়িত্ব
            Gদের ইতিহাস নিয়ে একটা বই পড়ছি
            এই গ্রামে Gরা কয়েক পুরুষ ধরে বাস করে
            Gদের সমান অধিকার দিতে হবে
            G পরিবারটি সাহায্য চেয়েছে, কেউ পারলে যোগাযোগ করুন
            Gদের সমস্যা নিয়ে প্রতিবেদনটা ভালো হয়েছে
            Gদের দোকানের খাবার খুব মজা
        """,
        plain="S|S।|ভাই, S|S!!|আমি তো আগেই বলছি, S|সোজা কথা, S|S, এটাই সত্যি",
        rejecting="""
            «S», এমন কথা যারা বলে তারা ভুল বলে
            "S" লেখা পোস্টটা আমি রিপোর্ট করেছি
            কেউ একজন মন্তব্য করেছে "S", এটা দেখে খারাপ লাগল
            "S" বলে স্লোগান দেওয়ায় পুলিশ তিনজনকে আটক করেছে
            আদালতে সাক্ষী জানান, আসামি বলেছিল "S"
            "S", এ ধরনের ভাষা বন্ধ হওয়া দরকার
            আমি কখনো মানি না যে S
            S, এই কথাটা একদম মিথ্যা
            "S" বলা অন্যায়, আমরা এর প্রতিবাদ জানাই
            ছোটবেলায় আমাকে শুনতে হয়েছে "S", আজও কষ্ট পাই
            তিনি চিঠিতে হুমকি পেয়েছেন: "S"। থানায় জিডি হয়েছে
        """,
    ),
    "bn-Latn": _Phrases(
        hateful="""
            Gra ei shomajer bish
            Gra janowarer cheyeo odhom
            Gder moto nongra jat ar nai
            Gder kokhono bissash korben na, shob beiman
            Gra shuorer paler moto bartese
            Gra poka makor, paye pishe felar jinish
            Gder elaka theke ucched koro
            Gder shobaike biday korte hobe, ekhane oder thai nai
            Gder shathe keu kono lenden korben na
            Gra manush na, pashu
            Gra chor batpar ar dalaler jat
            Gder bacchara o shaper baccha
            Gra jekhane jay shekhanei noshtami shuru hoy
            Gder karonei amader chakri nai, shob dokhol kore nitese
            Gder roktei gaddari
            Gra amader shoman hote pare na, ora nichu jat
            Gder vote dewar odhikar thaka uchit na
            vara dewar age dekhe niben G kina, oder rakhle ghor opobitro hoy
            Gder mathay buddhi bole kichu nai, shob gordov
        """,
        threats="""
            Gder jobai kora dorkar
            Gder ghor bari jaliye dao
            Gder jekhane pabi shekhane marbi
            Gder kupiye shesh kore dite hobe
            Gder guli kore mara uchit
            Gder lash fele dibo
            Gder hat pa venge dao
        """,
        threats_to_one="""
            toke mere felbo
            tor hat pa venge gura kore dibo
            toke kupaiya marbo
            tore pitaya tokta banabo
            tor lash o keu khuje pabe na
            toke guli korbo
            ekbar samne ay, jinda firbi na
            tor basha chini, rate shabdhane thakis
            tor bou bacchar kotha vebe mukh bondho rakh, pore kadis na
            tor din shesh, beshi bar barsos
            tore khun kore felmu
        """,
        civil="""
            Gder notun bochorer shubhechcha
            amar office er duijon colleague G, khub valo manush
            G chatroder jonno britti shuru hoise
            Gder utshobe amrao dawat paisilam
            Gder upor hamlar bichar chai
            Gder nirapotta dewa shorkarer dayitto
            Gder itihash niye ekta boi portesi
            ei grame Gra koyek purush dhore thake
            Gder shoman odhikar dite hobe
            G poribarta shahajjo chaise, keu parle jogajog koren
            Gder dokaner khabar khub moja
        """,
        plain="S|S!!|vai S|ami to agei bolsi S|shoja kotha, S|S eitai shotti",
        rejecting="""
            "S" emon kotha jara bole tara vul bole
            "S" lekha post ta ami report korsi
            ekjon comment korse "S", dekhe kharap laglo
            "S" bole slogan dewar jonno police tin jonke dhorse
            adalote shakkhi bolse, ashami bolsilo "S"
            "S" ei dhoroner vasha bondho howa dorkar
            ami kokhono mani na je S
            S, ei kotha ta ekdom mittha
            "S" bola onnay, amra protibad janai
            chotobelay amake shunte hoise "S", ajo koshto pai
            uni chithite humki paisen "S", thanay gd hoise
        """,
    ),
    "en": _Phrases(
        hateful="""
            G are poison in this society
            G are lower than animals
            there is no filthier people than G
            never trust G, they are all traitors
            G multiply like pigs
            G are insects that should be stepped on
            get rid of G in our area
            all G must go, there is no room for them here
            nobody should do business with G
            G are not human
            G are a bunch of crooks and thieves
            even the children of G are little snakes
            wherever G settle, everything turns to dirt
            G are stealing our jobs and taking over
            betrayal is in the blood of G
            G are inferior and will never be our equals
            G should not have the right to vote
            do not let a flat to G, they make the house unclean
            G have no brains, every one of them is an idiot
            deport every last one of these G
        """,
        threats="""
            G should be slaughtered
            burn down the homes of G
            beat up G wherever you see them
            someone should shoot these G
            G need to be hanged
            we will leave the corpses of G in the street
            break the bones of all G
        """,
        threats_to_one="""
            I will kill you
            I am going to break your legs
            I will beat you to death
            I will come to your house and hurt you
            nobody will ever find your body
            I swear I will shoot you
            show your face here and you will not leave alive
            we know where you live, lock your door tonight
            think of your wife and kids and keep quiet, or you will cry later
            your days are numbered
            you deserve a bullet and you will get one
        """,
        civil="""
            happy new year to all G
            two of my colleagues are G and they are lovely people
            a scholarship for G has opened
            we were invited to a festival of G
            those who attacked G must face justice
            it is the duty of the state to protect G
            I am reading a book about the history of G
            G have lived in this village for generations
            G must have equal rights
            a family of G asked for help, please contact them
            the food at the shop of those G is delicious
        """,
        plain="S|S.|S!!|honestly, S|I have always said it: S|everyone knows that S",
        rejecting="""
            people who say "S" are wrong
            I reported the post that said "S"
            someone commented "S" and it made me sad
            police arrested three men for chanting "S"
            the witness told the court that the accused said "S"
            "S": this kind of language has to stop
            I have never believed that S
            it is simply not true that S
            saying "S" is wrong and we condemn it
            as a child I had to listen to "S", it still hurts
            he received a letter that said "S" and went to the police
        """,
    ),
}  # fmt: skip


def made_up(seed: int = 0) -> Iterator[Made]:
    """All sentences, always the same ones."""
    chance = random.Random(seed)  # noqa: S311 - nothing here is a secret
    for script, phrases in _PHRASES.items():
        groups = [forms[""] for _, forms in read_slots()[script]["group"]]
        for labels, sentences in (
            (("toxicity", "identity_attack"), _lines(phrases.hateful)),
            (("toxicity", "identity_attack", "threat"), _lines(phrases.threats)),
            (("toxicity", "threat"), _lines(phrases.threats_to_one)),
        ):
            for sentence in sentences:
                for turn, group in enumerate(chance.sample(groups, _PER_SENTENCE)):
                    said = sentence.replace("G", group)
                    yield Made(chance.choice(phrases.plain.split("|")).replace("S", said), labels, script)
                    if turn % 2:
                        yield Made(chance.choice(_lines(phrases.rejecting)).replace("S", said), (), script)
        for sentence in _lines(phrases.civil):
            for group in groups:
                yield Made(sentence.replace("G", group), (), script)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]
