"""Sentences, leads, word counts and reading time in any script."""

from __future__ import annotations

import pytest

from pipeline.enrich.text import statistics
from pipeline.enrich.text.lead import find_lead
from pipeline.enrich.text.sentences import sentences
from tests.support.declaration import PARAGRAPHS, TEXTS

SENTENCES = {
    "hi": ["नदी का पुल बंद है।", "क्या लोग नाव से जाएंगे?", "मरम्मत मई तक चलेगी।"],
    "mr": ["जुना पूल आज बंद आहे.", "लोक होडीने जातात.", "काम मे महिन्यात संपेल."],
    "bn": ["নদীর সেতু বন্ধ আছে।", "মানুষ নৌকায় যাচ্ছে।", "কাজ মে মাসে শেষ হবে।"],
    "pa": ["ਦਰਿਆ ਦਾ ਪੁਲ ਬੰਦ ਹੈ।", "ਲੋਕ ਬੇੜੀ ਰਾਹੀਂ ਜਾਂਦੇ ਹਨ।"],
    "ta": ["ஆற்றின் பாலம் மூடப்பட்டது.", "மக்கள் படகில் செல்கிறார்கள்."],
    "te": ["నది వంతెన మూసివేశారు.", "ప్రజలు పడవలో వెళ్తున్నారు."],
    "ur": ["دریا کا پل بند ہے۔", "کیا لوگ کشتی سے جائیں گے؟", "کام مئی تک چلے گا۔"],
    "ar": ["أُغلق الجسر القديم اليوم.", "هل يعبر الناس بالقارب؟", "ينتهي العمل في مايو!"],
    "fa": ["پل قدیمی امروز بسته شد.", "آیا مردم با قایق می‌روند؟"],
    "am": ["የወንዙ ድልድይ ተዘጋ።", "ሰዎች በጀልባ ይሄዳሉ።", "ሥራው መቼ ያልቃል፧"],
    "hy": ["Գետի կամուրջը փակ է։", "Մարդիկ նավով են գնում։"],
    "my": ["တံတားကို ပိတ်ထားသည်။", "လူများ လှေဖြင့် သွားကြသည်။"],
    "km": ["ស្ពានត្រូវបានបិទ។", "ប្រជាជនជិះទូក។"],
    "ka": ["მდინარის ხიდი დაკეტილია.", "ხალხი ნავით მიდის."],
    "el": ["Η γέφυρα έκλεισε σήμερα.", "Ο κόσμος περνά με βάρκα."],
    "he": ["הגשר הישן נסגר היום.", "האם אנשים עוברים בסירה?"],
    "ko": ["다리가 오늘 닫혔다.", "사람들은 배로 건넌다."],
}
UNSPACED = {
    "zh": ["旧桥今天关闭。", "居民乘船过河吗？", "他说：“修理到五月为止。”", "完了！"],
    "zh half width": ["旧桥真的关了吗?", "他们说是!", "大家都知道。"],
    "ja": [
        "古い橋は今日閉鎖された。",
        "「船で渡る。」と市は言う。",
        "本当だろうか？",
        "五月に終わる。",
    ],
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_text_is_split_at_the_marks_of_its_script(language: str):
    text = " ".join(SENTENCES[language])
    assert [text[start:end] for start, end in sentences(text)] == SENTENCES[language]


@pytest.mark.parametrize("language", [*UNSPACED, "bn", "am", "hy", "my", "km"])
def test_a_mark_that_is_nothing_else_needs_no_space_after_it(language: str):
    expected = UNSPACED.get(language) or SENTENCES[language]
    text = "".join(expected)
    assert [text[start:end] for start, end in sentences(text)] == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "डॉ. वर्मा ने एम. के. राव को रु. 500 दिए।",
        "दर २.५ से ३.५ प्रतिशत हुई।",
        "ڈاکٹر۔ علی نے ایم۔ کیو۔ ایم کو ۲۔۵ فیصد دیا۔",
        "ড. রহমান ও মো. আলী ৩.৫ টাকা দিলেন।",
        "மு. க. அரசன் 3.5 கோடி கொடுத்தார்.",
        "คณะกรรมการประชุมในปี พ.ศ. 2560 ที่ ม.ค. กับ ดร. สมชาย",
        "В г. Самаре проф. Иванов получил 3.5 млн руб. за ул. Мира, т.е. дом.",
        "Ο κ. Παπάς είπε, π.χ. χθες, ότι έφυγε.",
        "قال د. أحمد إن 3.5 بالمئة غرقت.",
        "他……走了，约3.5%的人留下。",
        "値は３．５％と「雨だ。」という声。",
        "Dr. Lee met Prof. Kim at 3.5 p.m. in St. Louis.",
        "Am 3. Mai traf Prof. Kern z.B. Hr. Lang… und ging.",
    ],
)
def test_decimals_abbreviations_and_ellipses_end_no_sentence(sentence: str):
    assert [sentence[start:end] for start, end in sentences(sentence)] == [sentence]


def test_a_line_break_ends_a_sentence_also_after_an_abbreviation():
    text = "Signed by J.\nThe mayor left."
    assert len(list(sentences(text))) == 2


def test_a_colon_is_typed_for_the_armenian_full_stop():
    assert len(list(sentences("Գետի կամուրջը փակ է: Մարդիկ նավով են գնում:"))) == 2


@pytest.mark.parametrize("language", PARAGRAPHS)
class TestLanguages:
    def test_the_lead_is_in_the_first_paragraph(self, language: str):
        lead = find_lead(TEXTS[language])
        assert lead
        assert (lead.start, lead.end <= len(PARAGRAPHS[language][0])) == (0, True)

    def test_each_paragraph_has_a_sentence_at_least(self, language: str):
        assert 6 <= statistics.count(TEXTS[language], language).sentences <= 10

    def test_reading_takes_about_as_long_as_in_english(self, language: str):
        in_english = statistics.count(TEXTS["en"], "en").reading_seconds
        assert 0.75 < statistics.count(TEXTS[language], language).reading_seconds / in_english < 1.7


def test_a_word_is_counted_once_with_its_signs():
    counts = {
        "दिल्ली की सड़कें": 3,
        "தமிழ் மொழி": 2,
        "أُغلِقَ الجِسرُ": 2,
        "می‌روند امروز": 2,
        "Ի՞նչ եղավ։": 2,
        "ሰው፡ሁሉ": 2,
    }
    assert {text: statistics.count(text, "und").words for text in counts} == counts


def test_words_of_thai_are_estimated_by_their_letters():
    assert 130 < statistics.count(TEXTS["th"], "th").words < 180


@pytest.mark.parametrize(
    "dateline",
    [
        "新华社北京5月3日电（记者王明）",
        "（中央社台北3日電）",
        "【本报讯】",
        "【東京=山田太郎】",
    ],
)
def test_an_agency_s_dateline_is_not_in_the_lead(dateline: str):
    news = "港口管理局星期二宣布旧渡轮码头将关闭。"
    lead = find_lead(f"{dateline}{news}后来。")
    assert lead
    assert f"{dateline}{news}"[lead.start : lead.end] == news


def test_a_korean_agency_s_dateline_is_not_in_the_lead():
    news = "항만 당국은 화요일에 낡은 부두를 닫는다고 밝혔다."
    text = f"(서울=연합뉴스) 홍길동 기자 = {news}"
    lead = find_lead(text)
    assert lead
    assert text[lead.start : lead.end] == news
