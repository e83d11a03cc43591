"""The password of the n-th user. `moving.rs` computes the same."""


def password(n):
    return {
        1: f"pw{n}",  # shorter than the policy of new passwords
        2: f"cafe\u0301 otter {n}",  # not in NFC
        3: f"\ufb01ve otters {n}",  # not in NFKC
        4: f" otter {n} ",
        5: "o" * 100 + f" {n}",
    }.get(n % 10, f"marble otter {n}")
