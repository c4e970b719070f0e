"""The words of public addresses in both languages.

A Python table instead of a message catalogue: an address must not change because a catalogue wasn't compiled.
"""

URL_WORDS: dict[str, tuple[str, str]] = {
    # A key, its Vietnamese word, its English word.
    "products": ("san-pham", "products"),
    "search": ("tim-kiem", "search"),
    "suggest": ("goi-y", "suggest"),
    "sectors": ("nganh-hang", "sectors"),
    "sets": ("nhom-san-pham", "product-sets"),
    "producers": ("nha-san-xuat", "producers"),
    "regions": ("vung-dat", "regions"),
    "stories": ("cau-chuyen", "stories"),
    "certificates": ("chung-nhan", "certificates"),
    "check": ("kiem-tra", "check"),
    "basket": ("gio-hang", "basket"),
    "checkout": ("dat-hang", "checkout"),
    "orders": ("don-hang", "orders"),
    "order-lookup": ("tra-cuu", "look-up"),
    "payment": ("thanh-toan", "payment"),
    "start": ("bat-dau", "start"),
    "account": ("tai-khoan", "account"),
    "sign-in": ("dang-nhap", "sign-in"),
    "sign-out": ("dang-xuat", "sign-out"),
    "sign-up": ("dang-ky", "sign-up"),
    "password": ("mat-khau", "password"),
    "forgotten": ("quen", "forgotten"),
    "change": ("doi", "change"),
    "addresses": ("dia-chi", "addresses"),
    "particulars": ("thong-tin", "particulars"),
    "new": ("moi", "new"),
    "default": ("mac-dinh", "default"),
    "delete": ("xoa", "delete"),
    "my-data": ("du-lieu-cua-toi", "my-data"),
    "privacy": ("quyen-rieng-tu", "privacy"),
    "places": ("dia-danh", "places"),
    "age": ("do-tuoi", "age"),
    "work": ("quan-ly", "work"),
    "campaigns": ("khuyen-mai", "promotions"),
    "styleguide": ("kieu-dang", "styleguide"),
}
