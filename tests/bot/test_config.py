"""config.yaml: what is read, and how every mistake is named."""

from __future__ import annotations

import zoneinfo
from pathlib import Path

import pytest
import yaml

from bot.config import Settings, embeddings_api_key, llm_api_key, load_settings, milvus_token, secrets, telegram_token
from bot.errors import ConfigurationError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text("corpus:\n  articles: texts\ndata_dir: here\n", encoding="utf-8")
    return path


def test_the_shipped_file_is_valid_and_names_every_key() -> None:
    settings = load_settings(ROOT / "config.yaml")
    assert settings.corpus.articles == (ROOT / "corpus" / "articles",)
    document = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))

    def keys(value: object, prefix: str = "") -> set[str]:
        if not isinstance(value, dict):
            return {prefix}
        return set().union(*(keys(inner, f"{prefix}.{key}") for key, inner in value.items()))

    assert keys(document) == keys(Settings.model_validate({"corpus": {"articles": ["x"]}}).model_dump())


def test_the_shipped_file_says_the_defaults() -> None:
    shipped = load_settings(ROOT / "config.yaml")
    bare = Settings.model_validate({"corpus": {"articles": list(map(str, shipped.corpus.articles))}})
    same = {
        "data_dir": shipped.data_dir,
        "telegram": bare.telegram.model_copy(update={"examples": shipped.telegram.examples}),
    }
    assert shipped == bare.model_copy(update=same)


def test_paths_in_the_file_count_from_the_file_and_overrides_from_here(file: Path) -> None:
    settings = load_settings(file)
    assert settings.corpus.articles == (file.parent / "texts",)
    assert settings.data_dir == file.parent / "here"
    overridden = load_settings(file, ["corpus.articles=[a, /b]", "data_dir=c"])
    assert overridden.corpus.articles == (Path.cwd() / "a", Path("/b"))
    assert overridden.data_dir == Path.cwd() / "c"


def test_articles_from_the_chat_go_where_the_file_says_or_else_beside_the_data(file: Path) -> None:
    assert load_settings(file).uploads == file.parent / "here" / "articles-from-chat"
    assert load_settings(file, ["corpus.uploads=mine"]).uploads == Path.cwd() / "mine"
    file.write_text("corpus: {articles: texts, uploads: chat}\n", encoding="utf-8")
    assert load_settings(file).uploads == file.parent / "chat"
    with pytest.raises(ConfigurationError, match="max_bytes"):
        load_settings(file, ["telegram.uploads.max_bytes=30000000"])


def test_a_time_zone_is_known_where_the_system_has_no_zone_files(file: Path) -> None:
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()
    try:
        assert load_settings(file).zone.key == "Asia/Shanghai"
        assert load_settings(file, ["timezone=America/Chicago"]).zone.key == "America/Chicago"
    finally:
        zoneinfo.reset_tzpath(before)


def test_override_values_are_yaml(file: Path) -> None:
    settings = load_settings(file, ["telegram.admins=[1, 2]", "embeddings.threads=null", "answering.length=300"])
    assert settings.telegram.admins == (1, 2)
    assert settings.embeddings.threads is None
    assert settings.answering.length == 300


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("answering.lenght=3", ["answering.lenght", "没有这个键"]),
        ("answering.length=x", ["answering.length", "'x'", "整数"]),
        ("answering.length=5", ["answering.length", "5", "100"]),
        ("retrieval.weights.window=-1", ["retrieval.weights.window", "-1", "0"]),
        ("index.engine=lucene", ["index.engine", "lucene", "faiss"]),
        ("telegram.admins=shop", ["telegram.admins", "shop", "列表"]),
        ("telegram.admins=['12']", ["telegram.admins.0", "12", "整数"]),
        ("telegram.admins=[1087968824]", ["1087968824", "公共账号"]),
        ("telegram.allow.users=[777000]", ["telegram.allow.users", "777000", "公共账号"]),
        ("telegram.allow.users=[-5]", ["telegram.allow.users", "-5", "大于 0"]),
        ("telegram.allow.users=['@ann']", ["telegram.allow.users", "@ann", "整数"]),
        ("telegram.allow.chats=[5]", ["telegram.allow.chats", "5", "小于 0"]),
        ("telegram.allow.groups=[]", ["telegram.allow.groups", "没有这个键"]),
        ("telegram.base_url=ftp://x", ["telegram.base_url", "ftp://x"]),
        ("timezone=Asia/Peking", ["timezone", "Asia/Peking", "没有这个时区", "Asia/Shanghai"]),
        ("timezone=../../etc/passwd", ["timezone", "没有这个时区"]),
        ("timezone=Asia", ["timezone", "没有这个时区"]),
        ("timezone=''", ["timezone", "没有这个时区"]),
        ("timezone=8", ["timezone", "8", "文字"]),
        ("corpus=3", ["corpus", "3"]),
        ("corpus.articles=[]", ["corpus.articles", "至少"]),
        ("nonsense", ["--set", "nonsense"]),
        ("data_dir.deep=1", ["data_dir"]),
        ("a=[", ["YAML"]),
        ("a=" + "[" * 400, ["YAML"]),
        ("a=2026-13-01", ["YAML"]),
        ("da\nta=x", ["--set"]),
    ],
)
def test_a_mistake_names_key_value_and_what_is_allowed(file: Path, override: str, words: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(file, [override])
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message
    assert caught.value.exit_code == 2


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.yaml"):
        load_settings(tmp_path / "none.yaml")
    for content in ("a: [1", "- 1\n- 2", "just words"):
        (tmp_path / "bad.yaml").write_text(content, encoding="utf-8")
        with pytest.raises(ConfigurationError, match=r"bad\.yaml"):
            load_settings(tmp_path / "bad.yaml")
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match=r"bad\.yaml"):
        load_settings(tmp_path / "bad.yaml")


def test_yaml_tags_make_no_objects(file: Path) -> None:
    file.write_text("data_dir: !!python/object/apply:os.getcwd []\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="YAML"):
        load_settings(file)


def test_the_token_comes_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN_FILE", raising=False)
    assert telegram_token() is None
    (tmp_path / "token").write_text(" 1:A\n", encoding="utf-8")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", str(tmp_path / "token"))
    assert telegram_token() == "1:A"
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "2:B")
    assert telegram_token() == "2:B"
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="TELEGRAM_BOT_TOKEN_FILE"):
        telegram_token()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("corpus: {articles: a}\ndata_dir: x\n\ndata_dir: y\n", "第 4 行：data_dir 写了两次（上一次在第 2 行）"),
        ("corpus:\n  articles: a\n  watch: true\n  articles: b\n", "第 4 行：articles 写了两次"),
        ("corpus: {articles: a}\n'data_dir': x\ndata_dir: y\n", "第 3 行：data_dir 写了两次"),
    ],
)
def test_a_key_written_twice_is_named_with_its_line(file: Path, text: str, words: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        load_settings(file)
    assert words in str(error.value)


def test_a_key_written_twice_in_an_override_is_named(file: Path) -> None:
    with pytest.raises(ConfigurationError, match="--set index 的值里 keep 写了两次"):
        load_settings(file, ["index={keep: 1, keep: 2}"])


def test_merged_keys_may_be_overridden(file: Path) -> None:
    assert load_settings(file, ["index={<<: {keep: 1}, keep: 4}"]).index.keep == 4


def test_without_an_endpoint_no_language_model_is_used(file: Path) -> None:
    assert not load_settings(file).answering.llm.enabled
    there = load_settings(
        file, ["answering.llm.base_url=https://api.deepseek.com", "answering.llm.model=deepseek-chat"]
    )
    assert there.answering.llm.enabled
    assert there.answering.llm.timeout_s == 20


@pytest.mark.parametrize(
    ("override", "named"),
    [
        ("answering.llm.base_url=https://x.example/v1", "answering.llm.model"),
        ("answering.llm.model=m", "answering.llm.base_url"),
        ("answering.llm.base_url=ftp://x", "answering.llm.base_url"),
        ("answering.llm.base_url='http://[::1/v1'", "answering.llm.base_url"),
        ("answering.llm.timeout_s=0", "answering.llm.timeout_s"),
        ("answering.llm.proxy=sometimes", "answering.llm.proxy"),
    ],
)
def test_a_mistake_in_the_endpoint_is_named(file: Path, override: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        load_settings(file, [override])


def test_the_key_of_the_endpoint_comes_from_the_environment_and_counts_as_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIYU_LLM_API_KEY", raising=False)
    monkeypatch.setenv("SIYU_LLM_API_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(ConfigurationError, match="SIYU_LLM_API_KEY_FILE"):
        llm_api_key()
    (tmp_path / "key").write_text("sk-from-a-file\n", encoding="utf-8")
    assert llm_api_key() == "sk-from-a-file"
    monkeypatch.setenv("SIYU_LLM_API_KEY", "sk-here")
    assert llm_api_key() == "sk-here"
    assert "sk-here" in secrets()


def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIYU_LLM_API_KEY", "sk-密钥")
    with pytest.raises(ConfigurationError) as refused:
        llm_api_key()
    assert "sk-" not in str(refused.value)


def test_an_embedding_service_has_an_address_without_a_password_in_it(file: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"embeddings\.service\.url"):
        load_settings(file, ["embeddings.engine=http"])
    with pytest.raises(ConfigurationError, match="环境变量") as refused:
        load_settings(file, ["embeddings.engine=http", "embeddings.service.url=http://me:hush@10.0.0.5/v1"])
    assert "hush" not in str(refused.value)
    for wrong in ("ftp://x", "http://", "http://x:0"):
        with pytest.raises(ConfigurationError, match=r"embeddings\.service\.url"):
            load_settings(file, ["embeddings.engine=http", f"embeddings.service.url={wrong}"])
    settings = load_settings(file, ["embeddings.engine=http", "embeddings.service.url=http://10.0.0.5:8000/v1"])
    assert settings.uses_engines
    assert not load_settings(file).uses_engines


def test_milvus_has_an_address_without_a_password_in_it_and_names_it_can_take(file: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"index\.milvus\.uri"):
        load_settings(file, ["index.engine=milvus"])
    address = "index.milvus.uri=http://10.0.0.5:19530"
    with pytest.raises(ConfigurationError, match="环境变量") as refused:
        load_settings(file, ["index.engine=milvus", "index.milvus.uri=http://root:hush@10.0.0.5:19530"])
    assert "hush" not in str(refused.value)
    for wrong in ("shop-1", "1shop", "店"):
        with pytest.raises(ConfigurationError, match=r"index\.milvus\.prefix"):
            load_settings(file, ["index.engine=milvus", address, f"index.milvus.prefix={wrong}"])
    assert load_settings(file, ["index.engine=milvus", address]).uses_engines


def test_the_token_of_milvus_comes_from_the_environment_and_is_kept_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIYU_MILVUS_TOKEN", "root:from-the-environment")
    assert milvus_token() == "root:from-the-environment"
    assert "root:from-the-environment" in secrets()


def test_the_embedding_services_key_comes_from_the_environment_or_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SIYU_EMBEDDINGS_API_KEY", raising=False)
    monkeypatch.setenv("SIYU_EMBEDDINGS_API_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(ConfigurationError, match="SIYU_EMBEDDINGS_API_KEY_FILE"):
        embeddings_api_key()
    (tmp_path / "key").write_text("from-a-file\n", encoding="utf-8")
    assert embeddings_api_key() == "from-a-file"
    monkeypatch.setenv("SIYU_EMBEDDINGS_API_KEY", "from-the-environment")
    assert embeddings_api_key() == "from-the-environment"
    assert "from-the-environment" in secrets()
