"""config.yaml to frozen, typed settings; every mistake names its key, its value and what is allowed."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from bot.errors import ConfigurationError

SHARED_TELEGRAM_IDS = frozenset({777000, 1087968824, 136817688})


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CorpusSettings(_Section):
    """Where articles are, where those from the chat go, how long a passage is, in characters, and whether changed files
    are indexed by themselves.
    """

    articles: tuple[Annotated[Path, Field(strict=False)], ...] = Field(strict=False, min_length=1)
    uploads: Annotated[Path, Field(strict=False)] | None = None
    passage_length: Annotated[int, Field(ge=150, le=1000)] = 500
    watch: bool = False
    watch_seconds: Annotated[int, Field(ge=1, le=86_400)] = 30


def _address(url: str) -> str:
    """The URL, if it names a host, and a port that there can be."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named:
        raise PydanticCustomError("no_address", "不是完整的网址，应当像 https://api.deepseek.com")
    return url


def _no_password(url: str) -> str:
    """The URL, if nothing in it is a secret."""
    if "@" in urlsplit(url).netloc:
        raise PydanticCustomError("password", "网址里不能写账号和密码：密钥请放环境变量")
    return url


class EmbeddingServiceSettings(_Section):
    """Which OpenAI-compatible service encodes texts where `engine` is http, and who puts the model's prompts in."""

    url: Annotated[str, Field(pattern=r"^https?://"), AfterValidator(_address), AfterValidator(_no_password)] | None = (
        None
    )
    model: Annotated[str, Field(min_length=1)] | None = None
    prompts: Literal["client", "server"] = "client"
    question_seconds: Annotated[float, Field(ge=0.5, le=60, strict=False)] = 3.0


class EmbeddingsSettings(_Section):
    """Which model encodes texts, and how it is run."""

    engine: Literal["sentence-transformers", "http"] = "sentence-transformers"
    model: str = "default"
    companion: Literal["use-multilingual", "none"] = "use-multilingual"
    device: str = "auto"
    batch_size: Annotated[int, Field(ge=1, le=512)] = 16
    threads: Annotated[int, Field(ge=1, le=256)] | None = None
    query_prompt: str | None = None
    passage_prompt: str | None = None
    service: EmbeddingServiceSettings = EmbeddingServiceSettings()


class MilvusIndexSettings(_Section):
    """Which Milvus server searches where `engine` is milvus, under which names, and in how much time for each step."""

    uri: Annotated[str, Field(pattern=r"^https?://"), AfterValidator(_address), AfterValidator(_no_password)] | None = (
        None
    )
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$")] = "siyu"
    timeout_s: Annotated[float, Field(ge=0.2, le=60, strict=False)] = 2.0
    exact_up_to: Annotated[int, Field(ge=1_000, le=1_000_000_000)] = 1_000_000


class IndexSettings(_Section):
    """Which index engine, and how many earlier generations stay."""

    engine: Literal["faiss", "milvus"] = "faiss"
    keep: Annotated[int, Field(ge=0, le=20)] = 2
    milvus: MilvusIndexSettings = MilvusIndexSettings()


_Weight = Annotated[float, Field(ge=0, le=10, strict=False)]


class WeightSettings(_Section):
    """What each leg of retrieval counts."""

    passage: _Weight = 0.75
    window: _Weight = 1.0
    lexical: _Weight = 0.6
    companion_passage: _Weight = 0.4
    companion_window: _Weight = 0.4
    article: _Weight = 0.2


class RetrievalSettings(_Section):
    """How the legs are fused, and which model reads the best texts with the question, in how much time."""

    weights: WeightSettings = WeightSettings()
    reader: Annotated[str, Field(min_length=1)] = "default"
    reader_budget_ms: Annotated[int, Field(ge=10, le=60_000)] = 250
    reranker: Annotated[str, Field(min_length=1)] | None = None
    rerank_budget_ms: Annotated[int, Field(ge=10, le=60_000)] = 500


_Word = Annotated[str, Field(min_length=1)]
_Days = Annotated[int, Field(ge=0, le=36_500)]


class FreshnessSettings(_Section):
    """Which subjects age, and how fast; see `embeddings.search.freshness.FreshnessPolicy`."""

    rules: tuple[_Word, ...] = Field(
        default=("规则", "规定", "新规", "费用", "费率", "收费", "限额", "法律", "小红书获客", "微信与企业微信"),
        strict=False,
    )
    evergreen: tuple[_Word, ...] = Field(default=("方法", "案例", "复盘", "心得"), strict=False)
    rules_half_life: _Days = 120
    other_half_life: _Days = 720
    aged_after: _Days = 365


class LlmSettings(_Section):
    """Which OpenAI-compatible endpoint writes answers, and how much it may cost; without `base_url` none does."""

    base_url: Annotated[str, Field(pattern=r"^https?://"), AfterValidator(_address)] | None = None
    model: Annotated[str, Field(min_length=1)] | None = None
    timeout_s: Annotated[float, Field(ge=1, le=120, strict=False)] = 20.0
    max_tokens: Annotated[int, Field(ge=64, le=8192)] = 700
    temperature: Annotated[float, Field(ge=0, le=2, strict=False)] = 0.2
    thinking: bool = False
    proxy: Annotated[str, Field(pattern=r"^(none|env|(https?|socks5h?)://.+)$")] = "none"
    concurrency: Annotated[int, Field(ge=1, le=64)] = 4
    stream: bool = True
    show_quotes_first: bool = False
    daily_tokens: Annotated[int, Field(ge=0, le=1_000_000_000)] = 1_000_000
    per_user_per_day: Annotated[int, Field(ge=0, le=10_000)] = 50

    @property
    def enabled(self) -> bool:
        """Whether answers are to be written."""
        return self.base_url is not None


class AnsweringSettings(_Section):
    """How long an answer is, when a question is declined, and who may write the answer."""

    quotes: Annotated[int, Field(ge=1, le=8)] = 5
    length: Annotated[int, Field(ge=100, le=2000)] = 800
    answer_at: Annotated[float, Field(ge=0, le=1, strict=False)] | None = None
    unsure_at: Annotated[float, Field(ge=0, le=1, strict=False)] | None = None
    auto_at: Annotated[float, Field(ge=0, le=1, strict=False)] | None = None
    llm: LlmSettings = LlmSettings()


class WebhookSettings(_Section):
    """Where Telegram posts updates when polling is not wanted."""

    url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    listen: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8443
    path: Annotated[str, Field(pattern=r"^[\w/-]*$")] = "telegram"


class LimitSettings(_Section):
    """How many questions a minute one person, and all members of a group together, may ask; 0 sets no limit."""

    per_user_per_minute: Annotated[int, Field(ge=0, le=1000)] = 20
    per_chat_per_minute: Annotated[int, Field(ge=0, le=1000)] = 30


class UploadSettings(_Section):
    """What operators may send: at most so many bytes, a file or a page. Bots get no more than 20 MB from Telegram.

    `keep_versions` is how many earlier versions of each article from the chat stay.
    """

    max_bytes: Annotated[int, Field(ge=10_000, le=20_000_000)] = 5 * 1024 * 1024
    keep_versions: Annotated[int, Field(ge=1, le=1000)] = 5


class AllowSettings(_Section):
    """Who may use the bot besides its operators: people in private and inline, groups; an empty list means everyone."""

    users: tuple[Annotated[int, Field(gt=0)], ...] = Field(default=(), strict=False)
    chats: tuple[Annotated[int, Field(lt=0)], ...] = Field(default=(), strict=False)


class TelegramSettings(_Section):
    """The Bot API, its operators and what newcomers are offered."""

    base_url: Annotated[str, Field(pattern=r"^https?://")] = "https://api.telegram.org/bot"
    base_file_url: Annotated[str, Field(pattern=r"^https?://")] = "https://api.telegram.org/file/bot"
    admins: tuple[Annotated[int, Field(gt=0)], ...] = Field(default=(), strict=False)
    channels: tuple[Annotated[int, Field(lt=0)], ...] = Field(default=(), strict=False)
    allow: AllowSettings = AllowSettings()
    examples: tuple[str, ...] = Field(default=(), strict=False, max_length=6)
    timeout: Annotated[int, Field(ge=1, le=120)] = 20
    start_patience: Annotated[int, Field(ge=0, le=86400)] = 120
    limits: LimitSettings = LimitSettings()
    backlog_minutes: Annotated[int, Field(ge=0, le=1440)] = 10
    conversation_minutes: Annotated[float, Field(ge=0, le=1440, strict=False)] = 15.0
    uploads: UploadSettings = UploadSettings()
    webhook: WebhookSettings = WebhookSettings()


class PrivacySettings(_Section):
    """How long what people asked is kept, in days; 0 keeps nothing."""

    keep_questions_days: Annotated[int, Field(ge=0, le=3650)] = 180


class LoggingSettings(_Section):
    """What is logged, and in which form."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["text", "json"] = "text"


def _loopback(address: str) -> str:
    """The address, if nobody but this machine can reach it."""
    try:
        near = ipaddress.ip_address(address).is_loopback
    except ValueError:
        near = False
    if not near:
        raise PydanticCustomError("not_loopback", "只能是本机地址，例如 127.0.0.1 或 ::1")
    return address


class MonitoringSettings(_Section):
    """Where /health and /metrics are served, to this machine only; without a port nowhere."""

    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    listen: Annotated[str, AfterValidator(_loopback)] = "127.0.0.1"


def _time_zone(name: str) -> str:
    """The name, if there is such a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError("no_time_zone", "没有这个时区，请写 IANA 名称，例如 Asia/Shanghai") from None
    return name


class Settings(_Section):
    """Everything that config.yaml says, checked."""

    corpus: CorpusSettings
    data_dir: Path = Field(default=Path("data"), strict=False)
    timezone: Annotated[str, AfterValidator(_time_zone)] = "Asia/Shanghai"
    embeddings: EmbeddingsSettings = EmbeddingsSettings()
    index: IndexSettings = IndexSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    freshness: FreshnessSettings = FreshnessSettings()
    answering: AnsweringSettings = AnsweringSettings()
    telegram: TelegramSettings = TelegramSettings()
    privacy: PrivacySettings = PrivacySettings()
    logging: LoggingSettings = LoggingSettings()
    monitoring: MonitoringSettings = MonitoringSettings()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of everything that a person reads."""
        return ZoneInfo(self.timezone)

    @property
    def uses_engines(self) -> bool:
        """Whether answering depends on a server beside this process."""
        return self.embeddings.engine == "http" or self.index.engine == "milvus"

    @property
    def uploads(self) -> Path:
        """The directory of articles that came from the chat, which may not exist yet."""
        return self.corpus.uploads or self.data_dir / "articles-from-chat"


def load_settings(file: Path, overrides: Sequence[str] = ()) -> Settings:
    """Read a configuration file and `key.path=value` overrides, whose values are YAML.

    Relative paths in the file count from the file's directory, those in overrides from the working directory.
    Raises ConfigurationError in one line.
    """
    document = _read(file)
    _anchor(document, file.resolve().parent)
    for override in overrides:
        _apply(document, override)
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        raise ConfigurationError("；".join(_explain(entry) for entry in error.errors()[:5])) from None
    _check_people("telegram.admins", settings.telegram.admins, "不能当管理员")
    _check_people("telegram.allow.users", settings.telegram.allow.users, "认不出是谁")
    _check_endpoint(settings.answering.llm)
    if settings.embeddings.engine == "http" and settings.embeddings.service.url is None:
        raise ConfigurationError("配置 embeddings.service.url：embeddings.engine 是 http，就要写向量服务的地址")
    if settings.index.engine == "milvus" and settings.index.milvus.uri is None:
        raise ConfigurationError("配置 index.milvus.uri：index.engine 是 milvus，就要写 Milvus 的地址")
    return settings


def _check_endpoint(llm: LlmSettings) -> None:
    """Raises ConfigurationError for half of an endpoint."""
    if (llm.base_url is None) != (llm.model is None):
        there, missing = ("base_url", "model") if llm.model is None else ("model", "base_url")
        raise ConfigurationError(f"配置 answering.llm.{missing}：写了 {there} 就要写 {missing}；都不写就是不用大模型")


def _check_people(key: str, ids: Sequence[int], why: str) -> None:
    """Raises ConfigurationError for an id that Telegram lends to many."""
    for shared in SHARED_TELEGRAM_IDS.intersection(ids):
        raise ConfigurationError(f"{key} 里的 {shared} 是 Telegram 的公共账号，很多人共用，{why}：请换成真人的数字 id")


def telegram_token() -> str | None:
    """The bot token from TELEGRAM_BOT_TOKEN or the file that TELEGRAM_BOT_TOKEN_FILE names; None when unset."""
    return _secret("TELEGRAM_BOT_TOKEN")


def llm_api_key() -> str | None:
    """The key of the language model's endpoint from SIYU_LLM_API_KEY or the file that SIYU_LLM_API_KEY_FILE names.

    Raises ConfigurationError, also for what no header can carry.
    """
    return _api_key("SIYU_LLM_API_KEY")


def embeddings_api_key() -> str | None:
    """The embedding service's key from SIYU_EMBEDDINGS_API_KEY or the file that SIYU_EMBEDDINGS_API_KEY_FILE names.

    Raises ConfigurationError, also for what no header can carry.
    """
    return _api_key("SIYU_EMBEDDINGS_API_KEY")


def milvus_token() -> str | None:
    """What Milvus knows us by, `user:password` or a key, from SIYU_MILVUS_TOKEN or the file that SIYU_MILVUS_TOKEN_FILE
    names.

    Raises ConfigurationError, also for what no header can carry.
    """
    return _api_key("SIYU_MILVUS_TOKEN")


def _api_key(variable: str) -> str | None:
    key = _secret(variable)
    if key is not None and not (key.isascii() and key.isprintable()):
        raise ConfigurationError(f"{variable} 里有不该有的字符：请重新复制一次，只要密钥本身，一行")
    return key


def _secret(variable: str) -> str | None:
    """What an environment variable holds, or the file that the variable with _FILE behind it names; None when unset.

    Raises ConfigurationError for a file that cannot be read.
    """
    found = os.environ.get(variable, "").strip()
    if not found and (name := os.environ.get(f"{variable}_FILE", "").strip()):
        try:
            found = Path(name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ConfigurationError(f"{variable}_FILE 指向的文件读不了：请检查路径和权限") from None
    return found or None


def webhook_secret() -> str | None:
    """The secret that Telegram sends with every webhook call, from SIYU_WEBHOOK_SECRET."""
    return os.environ.get("SIYU_WEBHOOK_SECRET", "").strip() or None


def secrets() -> tuple[str, ...]:
    """All secrets that are there, for whatever must not show them. Never raises."""
    from_files = (telegram_token, llm_api_key, embeddings_api_key, milvus_token)
    return tuple(filter(None, (*map(_readable, from_files), webhook_secret())))


def _readable(secret: Callable[[], str | None]) -> str | None:
    try:
        return secret()
    except ConfigurationError:
        return None


def _read(file: Path) -> dict[str, Any]:
    try:
        document = _parse(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"找不到配置文件 {file}：请在项目目录里运行，或用 --config 指明位置") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"配置文件 {file} 读不了（{type(error).__name__}）：请检查权限和编码（UTF-8）"
        ) from None
    except _WrittenTwice as error:
        raise ConfigurationError(
            f"配置文件 {file} 第 {error.line} 行：{error.key} 写了两次（上一次在第 {error.first} 行），请删掉一处"
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行附近" if mark else "某处"
        raise ConfigurationError(f"配置文件 {file} {where}不是合法的 YAML：请检查缩进、冒号和引号") from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConfigurationError(f"配置文件 {file} 的最外层应当是“键: 值”")
    return document


class _WrittenTwice(yaml.YAMLError):
    """A key that stands twice in one mapping; lines count from 1."""

    def __init__(self, key: str, line: int, first: int) -> None:
        self.key = key
        self.line = line
        self.first = first
        super().__init__(key)


class _Loader(yaml.SafeLoader):
    """Refuses a key that is written twice, of which PyYAML would silently take the last."""

    def compose_mapping_node(self, anchor: Any) -> Any:
        """As the composer does, which sees what was written; merged keys come in later."""
        node = super().compose_mapping_node(anchor)
        first: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                line = key.start_mark.line + 1
                if (key.tag, key.value) in first:
                    raise _WrittenTwice(key.value, line, first[key.tag, key.value])
                first[key.tag, key.value] = line
        return node


def _parse(text: str) -> Any:
    """What a YAML text says. Raises YAMLError."""
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    except (ValueError, RecursionError) as error:  # a thirteenth month, a thousand brackets
        raise yaml.YAMLError(str(error)) from None
    finally:
        loader.dispose()


def _anchor(document: dict[str, Any], base: Path) -> None:
    """Make the paths of the file absolute."""
    corpus = document.setdefault("corpus", {})
    if isinstance(corpus, dict):
        corpus["articles"] = _paths(corpus.get("articles", "corpus/articles"), base)
        if isinstance(uploads := corpus.get("uploads"), str):
            corpus["uploads"] = str(base / uploads)
    retrieval = document.get("retrieval")
    if isinstance(retrieval, dict) and "reader" in retrieval:
        retrieval["reader"] = _reader(retrieval["reader"], base)
    data_dir = document.get("data_dir", "data")
    document["data_dir"] = str(base / data_dir) if isinstance(data_dir, str) else data_dir


def _paths(value: Any, base: Path) -> Any:
    """A directory or a list of them, made absolute; anything else is left for validation to name."""
    if isinstance(value, str):
        return [str(base / value)]
    if isinstance(value, list):
        return [str(base / item) if isinstance(item, str) else item for item in value]
    return value


def _reader(value: Any, base: Path) -> Any:
    """A file of weights made absolute; the names of the choices that are no file, and anything else, as they are."""
    return str(base / value) if isinstance(value, str) and value and value not in ("default", "none") else value


def _apply(document: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    path = key.strip().split(".")
    if not separator or not all(path) or not key.isprintable():
        raise ConfigurationError(f"--set {override!r} 不对：请写成 键.路径=值，例如 --set data_dir=/srv/siyu")
    try:
        value = _parse(text)
    except _WrittenTwice as error:
        raise ConfigurationError(f"--set {key} 的值里 {error.key} 写了两次：请删掉一处") from None
    except yaml.YAMLError:
        raise ConfigurationError(f"--set {key} 的值不是合法的 YAML：{text!r}") from None
    if path == ["corpus", "articles"]:
        value = _paths(value, Path.cwd())
    elif path == ["retrieval", "reader"]:
        value = _reader(value, Path.cwd())
    elif path in (["data_dir"], ["corpus", "uploads"]) and isinstance(value, str):
        value = str(Path.cwd() / value)
    here = document
    for name in path[:-1]:
        inner = here.setdefault(name, {})
        if not isinstance(inner, dict):
            raise ConfigurationError(f"--set {key}：{name} 下面没有别的键")
        here = inner
    here[path[-1]] = value


_EXPLANATIONS = {
    "extra_forbidden": "没有这个键，请检查拼写",
    "missing": "缺少这个键",
    "int_type": "应当是整数",
    "int_parsing": "应当是整数",
    "float_type": "应当是数字",
    "float_parsing": "应当是数字",
    "string_type": "应当是文字",
    "bool_type": "应当是 true 或 false",
    "tuple_type": "应当是列表，例如 [1, 2]",
    "path_type": "应当是路径",
    "model_type": "下面应当还有一层键",
    "model_attributes_type": "下面应当还有一层键",
    "greater_than": "应当大于 {gt}",
    "greater_than_equal": "应当不小于 {ge}",
    "less_than": "应当小于 {lt}",
    "less_than_equal": "应当不大于 {le}",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "literal_error": "只能是 {expected}",
    "string_pattern_mismatch": "格式不对，应当符合 {pattern}",
}


def _explain(entry: Any) -> str:
    key = ".".join(str(part) for part in entry["loc"])
    reason = _EXPLANATIONS.get(entry["type"], entry["msg"]).format(**entry.get("ctx", {}))
    if entry["type"] in {"missing", "password"}:
        return f"配置 {key}：{reason}"
    return f"配置 {key} = {entry['input']!r}：{reason}"
