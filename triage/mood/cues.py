"""Everyday words that give a language away where there is too little text for statistics.

A word may stand under several languages ("hej" is Swedish and Danish): it then speaks for each of them, and the rest
of the text, or what the desk serves, decides between them.
"""

from __future__ import annotations

from collections.abc import Mapping

_WORDS = {
    "en": """the and is my you your please hello hi thanks thank what where how why when not with have has was were can't
        don't i'm it's would could should help still need want this that are been did does order i""",
    "id": """saya tidak bisa yang dengan tolong terima kasih terimakasih halo kenapa gimana bagaimana belum sudah kapan
        pesanan uang karena kamu anda mohon selamat pagi siang sore malam nggak gak enggak udah dong kok banget aja makasih kak
        apakah barang akun mau ingin butuh kirim permisi untuk dari ini itu ada dan di ke juga tapi kalau sama lagi hai apa
        adalah coba cek nomor bayar rumah mobil rusak telepon jadwal cuaca besok hari alarm saat kantor pengingat atur kota
        bisakah berapa tanggal minggu jumat rabu senin selasa kamis sabtu indonesia""",
    "ms": """saya tidak boleh yang dengan tolong terima kasih untuk dari ini itu ada dan di ke juga selamat pagi malam
        awak kerana wang nak tak sila macam tempahan penghantaran akaun syarikat ialah polis kereta hospital pejabat
        bahawa kakitangan cukai hendaklah bilakah tarikh apa apakah adalah esok hari rumah jadual isnin khamis jumaat ahad
        petang encik puan malaysia""",
    "sv": """hej hejsan jag och är inte det att på för mitt min mina har ni tack snälla varför hur när vill kan få
        beställning pengar tillbaka från med ett också ingen något vad men hallå skulle kommer ännu fortfarande mig er
        detta den som om till fick någon god tjena hejdå vänligen min paket""",
    "da": """hej jeg ikke og hvorfor hvordan hvornår af mig dig tak nogle blevet hvad meget også uge det at på min
        mit har med fra er den som om til venligst pakke penge tilbage endnu ikke en et""",
    "no": """hei jeg ikke og hvorfor hvordan hva meg deg takk noe noen blitt mye også uke det at på min mitt har med fra
        er den som om til vennligst pakke penger tilbake ennå nå etter en et når""",
    "de": "hallo ich nicht und das ist mein meine bitte danke wie wann warum wo habe mit für ein eine sie der die guten",
    "nl": "hallo ik niet en het mijn een alstublieft bedankt hoe wanneer waarom waar heb met voor is van de goedemorgen",
    "fr": "bonjour salut je ne pas et mon ma merci comment quand pourquoi où avec pour est les des une vous le la",
    "es": "hola yo no y mi gracias cómo cuándo por qué dónde con para es los las una el la buenos usted necesito",
    "pt": "olá oi eu não e meu minha obrigado obrigada como quando onde com para é os as uma você por que preciso bom",
    "it": "ciao buongiorno io non e il mio la mia grazie come quando perché dove con per è gli una di ho salve",
    "fi": "hei moi minä en ei ja on minun kiitos miten milloin miksi missä olen kanssa että tämä",
    "pl": "cześć dzień dobry ja nie i jest mój moja dziękuję proszę jak kiedy dlaczego gdzie mam z się to witam",
    "tr": "merhaba selam ben değil ve bir benim teşekkürler lütfen nasıl ne zaman neden nerede için bu var iyi",
}


def _by_word(words: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for code, listed in words.items():
        for word in listed.split():
            found.setdefault(word, set()).add(code)
    return {word: frozenset(codes) for word, codes in found.items()}


CUES: Mapping[str, frozenset[str]] = _by_word(_WORDS)
