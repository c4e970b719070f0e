"""The terms and reasons to begin with: what the law sets says so, the rest are the marketplace's own rules for a province to confirm."""

from datetime import date

from django.db import migrations

FROM = date(2026, 1, 1)
LAW = "Luật Bảo vệ quyền lợi người tiêu dùng 19/2023/QH15: thông tin sai hoặc không đầy đủ, 30 ngày"
ANSWER = "Quy định về thương mại điện tử: trả lời khiếu nại trong 3 ngày làm việc"
OWN = "Quy định của sàn (mẫu, chờ chương trình xác nhận)"

#: Code, kind, when, days, who bears delivery, whether goods go back, pictures, source, Vietnamese and English words and help.
REASONS = [
    (
        "not-arrived", "complaint", "both", 60, "producer", "never", False, OWN,
        "Chưa nhận được hàng", "The parcel didn't arrive",
        "Quá ngày hẹn mà hàng chưa đến, hoặc ghi là đã giao nhưng bạn chưa nhận.",
        "It is past its day, or is said to be delivered and you don't have it.",
    ),
    (
        "missing", "complaint", "delivered", 7, "producer", "never", True, OWN,
        "Thiếu hàng", "Something is missing",
        "Kiện hàng đến nhưng không đủ số gói.",
        "The parcel came with fewer packs than ordered.",
    ),
    (
        "damaged", "return", "delivered", 7, "producer", "asked", True, OWN,
        "Hàng bị vỡ, móp, rò rỉ", "Broken, dented or leaking",
        "Chụp cả hàng và vỏ hộp khi vừa nhận.",
        "Show the goods and their box as they came.",
    ),
    (
        "spoiled", "complaint", "delivered", 7, "producer", "never", True, OWN,
        "Hàng hỏng, mốc hoặc quá hạn", "Spoiled, mouldy or out of date",
        "Không cần gửi lại thực phẩm hỏng. Chụp rõ hạn dùng và số lô nếu có.",
        "Spoiled food needn't go back. Show the date and the lot number if there is one.",
    ),
    (
        "wrong-goods", "return", "delivered", 7, "producer", "always", True, OWN,
        "Giao nhầm hàng", "Other goods than ordered",
        "Người bán chịu tiền gửi lại.",
        "The producer pays for sending it back.",
    ),
    (
        "wrong-information", "return", "delivered", 30, "producer", "asked", False, LAW,
        "Hàng không đúng như thông tin đã đăng", "Not as described",
        "Thông tin trên trang sai hoặc thiếu: theo luật, bạn được huỷ việc mua trong 30 ngày.",
        "What the page said was wrong or incomplete: by law you may end the purchase within 30 days.",
    ),
    (
        "change-of-mind", "return", "delivered", 3, "buyer", "always", False, OWN,
        "Tôi đổi ý", "I changed my mind",
        "Chỉ với hàng còn nguyên gói. Bạn chịu tiền giao và tiền gửi lại; nhà sản xuất có thể từ chối thực phẩm tươi.",
        "Unopened goods only. You bear delivery both ways; a producer may refuse fresh food.",
    ),
    (
        "other", "complaint", "both", 30, "producer", "asked", False, OWN,
        "Lý do khác", "Something else",
        "", "",
    ),
]  # fmt: skip


def seed(apps, schema_editor):
    apps.get_model("aftersale", "Terms").objects.create(valid_from=FROM, source=ANSWER)
    Reason = apps.get_model("aftersale", "Reason")
    Reason.objects.bulk_create(
        Reason(
            code=code, kind=kind, when=when, deadline_days=days, delivery_borne_by=bearer, goods_back=back,
            asks_pictures=pictures, source=source, words_vi=words_vi, words_en=words_en, help_vi=help_vi,
            help_en=help_en, position=position, valid_from=FROM,
        )
        for position, (
            code, kind, when, days, bearer, back, pictures, source, words_vi, words_en, help_vi, help_en
        ) in enumerate(REASONS, start=1)
    )  # fmt: skip


def unseed(apps, schema_editor):
    apps.get_model("aftersale", "Reason").objects.filter(cases__isnull=True).delete()
    apps.get_model("aftersale", "Terms").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("aftersale", "0001_initial")]

    operations = [migrations.RunPython(seed, unseed)]
