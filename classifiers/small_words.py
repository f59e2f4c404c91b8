"""Small words that tell romanized Bangla from English; words that both write alike are in neither."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ENGLISH = _set(
    """
    a about after again all also always am an and any are as ask at away back bad be because been before best
    better big bitch but by can cannot come comment could country day did do does done down each english even
    ever every fact for from fuck get give go going good got government great had has have he help her here him
    his how i idiot if in india into is it its just keep kill know let life like live look love made make man
    many may me media minister more most much must my need never new news next no not nothing now of off old on
    one only or other our out over own pakistan party people please police right said same say school see seems
    she shit should show so some still stop stupid such sure take talk than thank thanks that the their them
    then there these they thing think this those time to too true try two under up us very video wait want war
    was way we well were what when where which who why will with without women wont work world would wrong year
    yes you your
    """
)

BANGLISH = _set(
    """
    ache achen achi acho aita aj aji akhon akta alo amader amake amar ami amr amra apnader apnar apnara apni
    apnr ar asche ase asen ashole asol ato baccha bachcha baje bal bala bangali bangla bap batpar bhai bhalo
    bisoy bolbo bolche bole bolen bolo bolte boro bujhi bujhte bujlam chay chele chhele chilo chod chodon chor
    choto chuda dada dadi dakha dekh dekha dekhe dekhi dekhlam dekho dekhte desh deshe desher dhonnobad didi
    dite diya diye dui ebong eder ei eita ekjon ekta ekti emon er era eshob esob eta eti eto gele gelo ghor gula
    gulo hala halar hay hobe hobey hoi hoile hoise hoitase hole holo hote hoy hoye hoyeche jabe jaber jacche
    jach jadi jai jaite jan jana jani janina jano jara jaw je jemon jodi jonmo jonne jonno kaj kaje kano kara
    karo karon kaw kemon keno keu kew khanki khankir khub ki kichu kicu kintu kisu kno kobe koi kom kono kora
    korar korbe korben korbo korche kore koren koro korse korte kotha kothay koto kunu kutta kuttar lagche lage
    laglo likhe lok loke lokjon magi mair manus manush mara mata matha meye meyer mone moto mukh na naa nai naki
    nam nao ne nei ney ni nije nijei nijeke nijer niye oi oita ojon onek onk ora osadharon oshadharon pabe pagol
    parbe parbo pare paren pari pola polapain porjonto proti purush rakhe sala salar sali sate sathe se sei seta
    setai shala shalar shob shobai shudhu shundor sob sobai sobar somoy sotti sudhu sundor tader tahole taholei
    tai taka tao tar tara tate thaka thake thaken theke thik tmi tmr tobe toke tomake tomar tomra tor tora tui
    tumi vabe vai vaia vaiya vala valo valobasi vlo voy
    """
)
