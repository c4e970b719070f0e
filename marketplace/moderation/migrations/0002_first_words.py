"""The words to begin with; the programme adds and takes away. Where a word without its marks means something harmless, its marks count:
`dẻo` is no insult, `vài lon` are a few cans, and walnuts (`óc chó`) are goods."""

from django.db import migrations

from marketplace.moderation.matching import written_like

#: Kind, language, whether marks count, words.
WORDS = [
    ("insult", "vi", False, ["địt mẹ", "địt", "khốn nạn", "dkm", "vcl", "vkl", "clgt", "dcm", "đmm"]),
    (
        "insult",
        "vi",
        True,
        [
            "ngu", "đồ ngu", "lồn", "cặc", "buồi", "đĩ", "đéo", "đụ má", "đụ", "mất dạy", "mẹ mày", "bố mày", "đồ chó", "thằng chó", "chó chết", "đm",
        ],
    ),
    ("insult", "en", False, ["fuck", "fucking", "motherfucker", "shit", "bitch", "asshole", "bastard", "cunt", "idiot", "moron"]),
    ("contact", "vi", False, ["za lo", "ib", "inbox"]),
    ("contact", "vi", True, ["kết bạn"]),
    ("contact", "en", False, ["viber", "telegram", "whatsapp", "wechat", "messenger", "skype"]),
]  # fmt: skip


def seed(apps, schema_editor):
    blocked_word = apps.get_model("moderation", "BlockedWord")
    blocked_word.objects.bulk_create(
        blocked_word(
            text=text,
            kind=kind,
            language=language,
            marks_count=marks,
            key=" ".join(written_like(text, marks_count=marks)),
        )
        for kind, language, marks, texts in WORDS
        for text in texts
    )


def unseed(apps, schema_editor):
    apps.get_model("moderation", "BlockedWord").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_initial")]

    operations = [migrations.RunPython(seed, unseed)]
