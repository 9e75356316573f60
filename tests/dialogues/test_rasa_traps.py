"""Tier: dialogue. Every trap of Rasa 3.6 that we know of, each with the test that it stays shut."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from sanic import Sanic

from actions import runtime
from actions.acts import ACTS, SOMETHING_BROKE
from bot.channels.talk import TalkInput
from bot.channels.tokens import conversation_token
from bot.dialogue import HttpDialogue
from bot.errors import DialogueError, KurvError, SettingsError
from bot.settings import PROJECT_ROOT
from tests.dialogues.bench import SHOP, Bench

DOMAIN = yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text(encoding="utf-8"))
CONFIG = yaml.safe_load((PROJECT_ROOT / "config.yml").read_text(encoding="utf-8"))
ENDPOINTS = yaml.safe_load((PROJECT_ROOT / "endpoints.yml").read_text(encoding="utf-8"))


def basket(turn: list[dict[str, Any]]) -> dict[str, str]:
    return {line["product_id"]: line["quantity"] for line in turn[-1]["lines"]}


def spoken(turn: list[dict[str, Any]]) -> str:
    return " ".join(event["text"] for event in turn if event["event"] == "said")


# -- the double submission -------------------------------------------------------------------------


def test_yes_a_hundred_times_submits_once(bench: Bench, person: str) -> None:
    for text in ("to loff", "det var alt", "ja"):
        bench.dialogue.say(person, text)
    assert len(bench.submitted(person)) == 1
    for _ in range(100):
        bench.dialogue.say(person, "ja")
    assert len(bench.submitted(person)) == 1
    assert len(bench.parts.service.orders(person)) == 1


def test_two_simultaneous_confirmations_submit_once(bench: Bench, person: str) -> None:
    for text in ("to loff", "det var alt"):
        bench.dialogue.say(person, text)
    threads = [threading.Thread(target=bench.dialogue.say, args=(person, "ja")) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bench.submitted(person)) == 1


def test_confirming_in_one_channel_and_again_in_another_submits_once(
    bench: Bench, person: str
) -> None:
    for text in ("to loff", "det var alt", "ja"):
        bench.dialogue.say(person, text)
    bench.restart()
    bench.dialogue.say(person, "ja")
    bench.parts.service.handle(person, "affirm", "ja")
    assert len(bench.submitted(person)) == 1


def test_no_slot_and_no_entity_takes_part_in_a_prediction() -> None:
    for name, slot in DOMAIN["slots"].items():
        assert slot["influence_conversation"] is False, name
        assert [mapping["type"] for mapping in slot["mappings"]] == ["custom"], name
    for intent in DOMAIN["intents"]:
        (options,) = intent.values()
        assert options == {"use_entities": []}, intent


def test_each_act_has_exactly_one_rule_and_none_has_a_condition() -> None:
    rules = [
        rule
        for path in (PROJECT_ROOT / "nlu_data" / "rules").glob("*.yml")
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
    ]
    assert all(set(rule) == {"rule", "steps"} for rule in rules)
    steps = {rule["steps"][0]["intent"]: rule["steps"][1:] for rule in rules}
    assert len(rules) == len(steps) == len(ACTS)
    assert steps == {act: [{"action": f"action_{act}"}] for act in ACTS}
    assert {name for intent in DOMAIN["intents"] for name in intent} == set(ACTS)


def test_the_core_fallback_is_our_own_and_reverts_nothing() -> None:
    (policy,) = CONFIG["policies"]
    assert policy["name"] == "RulePolicy"
    assert policy["core_fallback_action_name"] == "action_core_fallback"
    assert "action_core_fallback" in DOMAIN["actions"]


# -- understanding ---------------------------------------------------------------------------------


def test_no_line_of_an_utterance_is_dropped(bench: Bench) -> None:
    parsed = bench.dialogue.parse("to liter lettmelk, et grovbrød og seks egg")
    lines = [entity["value"] for entity in parsed["entities"]]
    assert [line["amount"] for line in lines] == ["2", "1", "6"]
    assert all(entity["entity"] == "order_line" for entity in parsed["entities"])


def test_entities_of_other_extractors_stay() -> None:
    from rasa.shared.nlu.training_data.message import Message

    from bot.nlu.order_lines import OrderLineExtractor

    other = {"entity": "other", "value": 1, "start": 0, "end": 1}
    message = Message({"text": "to loff", "entities": [other]})
    OrderLineExtractor().process([message])
    assert message.get("entities")[0] == other
    assert len(message.get("entities")) == 2


def test_our_components_are_not_trained() -> None:
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe

    import bot.nlu.acts
    import bot.nlu.delexicaliser
    import bot.nlu.order_lines
    import bot.nlu.tokenizer  # noqa: F401

    for name in ("NorwegianTokenizer", "Delexicaliser", "ActClassifier", "OrderLineExtractor"):
        assert DefaultV1Recipe._from_registry(name).is_trainable is False


def test_no_product_is_learned() -> None:
    """A lookup table would need a new training for every catalogue, and matches only exactly."""
    for path in (PROJECT_ROOT / "nlu_data" / "nlu").glob("*.yml"):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            assert set(block) == {"intent", "examples"}, path
            assert "](" not in block["examples"], "annotated entities"
    names = [component["name"] for component in CONFIG["pipeline"]]
    assert not {"RegexEntityExtractor", "RegexFeaturizer", "EntitySynonymMapper"} & set(names)


def test_a_product_that_only_this_shop_has_needs_no_training(bench: Bench, person: str) -> None:
    assert "Fiskekaker,Fiskemannen" in SHOP.read_text(encoding="utf-8")
    turn = bench.dialogue.say(person, "jeg vil ha to pakker fiskekaker")
    assert basket(turn) == {"fiskekaker": "2"}


def test_a_command_typed_by_a_person_is_only_text(bench: Bench, person: str) -> None:
    for text in ("to loff", "det var alt"):
        bench.dialogue.say(person, text)
    typed = ("/affirm", " /affirm", "//affirm", "\u200b/affirm", "/affirm{}", "/restart", "/back")
    for text in typed:
        turn = bench.dialogue.say(person, text)
        assert basket(turn) == {"loff": "2"}
    assert bench.submitted(person) == []


def test_words_that_the_recogniser_doubts_are_asked_about(bench: Bench, person: str) -> None:
    turn = bench.dialogue.say(person, "to loff", sure=False)
    assert basket(turn) == {}
    assert "to loff" in spoken(turn)
    assert basket(bench.dialogue.say(person, "ja")) == {"loff": "2"}


def test_a_doubtful_yes_confirms_nothing(bench: Bench, person: str) -> None:
    for text in ("to loff", "det var alt"):
        bench.dialogue.say(person, text)
    bench.dialogue.say(person, "ja", sure=False)
    assert bench.submitted(person) == []


@pytest.mark.parametrize(
    "text", ["cancel", "affirm", "jas", "jatt", "stem", "fin", "ja ikke", "jx"]
)
def test_a_word_that_only_resembles_yes_confirms_nothing(
    bench: Bench, person: str, text: str
) -> None:
    for said in ("to loff", "det var alt", text):
        bench.dialogue.say(person, said)
    assert bench.submitted(person) == []


# -- actions that break ----------------------------------------------------------------------------


class Broken:
    """A service in which everything fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def handle(self, recipient_id: str, act: str, text: str, actor: str, how: str) -> Any:
        raise self._error


@pytest.fixture
def restored(bench: Bench) -> Iterator[None]:
    yield
    runtime.use(bench.parts.service)


@pytest.mark.usefixtures("restored")
def test_our_errors_are_spoken_and_the_basket_still_comes_last(bench: Bench, person: str) -> None:
    bench.dialogue.say(person, "to loff")
    runtime.use(Broken(KurvError("Databasen er full; ring drift.")))
    turn = bench.dialogue.say(person, "en kaviar")
    assert [event["event"] for event in turn] == ["said", "error", "basket"]
    assert spoken(turn) == "Databasen er full; ring drift."
    assert turn[1]["code"] == "error"
    assert basket(turn) == {"loff": "2"}


@pytest.mark.usefixtures("restored")
def test_unforeseen_errors_are_spoken_without_their_text(
    bench: Bench, person: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    runtime.use(Broken(ValueError("en hemmelig setning")))
    turn = bench.dialogue.say(person, "en kaviar")
    assert spoken(turn) == SOMETHING_BROKE
    assert turn[-1]["event"] == "basket"
    written = caplog.text + "".join(capfd.readouterr())
    assert "hemmelig" not in written
    assert "ValueError" in written


@pytest.mark.usefixtures("restored")
def test_after_a_failure_the_talk_goes_on(bench: Bench, person: str) -> None:
    runtime.use(Broken(RuntimeError()))
    bench.dialogue.say(person, "to loff")
    runtime.use(bench.parts.service)
    assert basket(bench.dialogue.say(person, "to loff")) == {"loff": "2"}


# -- logs ------------------------------------------------------------------------------------------


def test_nothing_that_is_said_is_logged(
    bench: Bench, person: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for text in ("to loff til naboen min solveig", "solveig zxcvbn", "det var alt solveig"):
        bench.dialogue.say(person, text)
    captured = capfd.readouterr()
    for stream in (caplog.text, captured.out, captured.err):
        assert "solveig" not in stream.lower()
        assert "loff" not in stream.lower()


# -- sessions, locks, memory -----------------------------------------------------------------------


def test_sessions_carry_nothing_over() -> None:
    assert DOMAIN["session_config"]["carry_over_slots_to_new_session"] is False
    assert CONFIG["recipe"] == "default.v1"
    assert CONFIG["assistant_id"] == "kurv"
    assert CONFIG["language"] == "nb"


def test_conversations_do_not_mix(bench: Bench, person: str) -> None:
    other = f"{person}-2"
    bench.dialogue.say(person, "to loff")
    turn = bench.dialogue.say(other, "en kaviar")
    assert basket(turn) == {"kaviar": "1"}
    assert basket(bench.dialogue.say(person, "hei")) == {"loff": "2"}


def test_a_second_message_does_not_wait_for_rasas_lock(bench: Bench, person: str) -> None:
    """Rasa polls its lock once a second; we let a person's turns queue before it."""
    threads = [
        threading.Thread(target=bench.dialogue.say, args=(person, text))
        for text in ("hei", "en loff", "hva har jeg i kurven", "takk")
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.perf_counter() - begun < 4  # with the lock: at least a second each, and in chains


def test_memory_of_conversations_is_bounded(bench: Bench, person: str) -> None:
    from bot.rasa_agent import CONVERSATIONS, EVENTS, conversations

    store = conversations(bench.dialogue._agent)
    for _ in range(EVENTS // 5):
        turn = bench.dialogue.say(person, "en loff")
    assert basket(turn)["loff"] == str(EVENTS // 5)
    assert len(store.store) <= CONVERSATIONS
    kept = json.loads(store.store.get(person, '{"events": []}'))
    assert len(kept["events"]) <= EVENTS


def test_no_tracker_store_that_retries_for_ever() -> None:
    assert "tracker_store" not in ENDPOINTS
    assert ENDPOINTS["action_endpoint"]["enable_selective_domain"] is True


# -- the HTTP channel ------------------------------------------------------------------------------


def test_the_channel_does_not_open_without_a_secret() -> None:
    for secret in ("", "${KURV_SERVICE_TOKEN}"):
        with pytest.raises(SettingsError):
            TalkInput.from_credentials({"secret": secret})


def test_no_other_channel_is_open() -> None:
    credentials = yaml.safe_load((PROJECT_ROOT / "credentials.yml").read_text(encoding="utf-8"))
    assert list(credentials) == ["bot.channels.talk.TalkInput"]


class Door:
    """The channel in a real HTTP server, with a bot behind it that notes what it got."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()
        assert self._ready.wait(30)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = Sanic(f"door_{id(self)}", configure_logging=False)
        app.blueprint(TalkInput("secret").blueprint(self._bot), url_prefix="/webhooks/kurv")
        server = self._loop.run_until_complete(
            app.create_server(sock=self._listener, return_asyncio_server=True, access_log=False)
        )
        self._loop.run_until_complete(server.startup())
        self._ready.set()
        self._loop.run_forever()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _bot(self, message: Any) -> None:
        self.messages.append(message)
        if message.text == "vær stille":
            return
        if message.text == "gå i stykker":
            raise RuntimeError("hemmelig")
        out = message.output_channel
        await out.send_text_message(message.sender_id, "Noe mer?")
        await out.send_custom_json(
            message.sender_id, {"event": "basket", "lines": [], "stage": "ordering"}
        )

    def post(self, body: Any, token: str | None = "secret") -> httpx.Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.post(f"{self.url}/webhooks/kurv/turn", json=body, headers=headers)


@pytest.fixture(scope="module")
def open_door() -> Iterator[Door]:
    door = Door()
    yield door
    door.close()


@pytest.fixture
def door(open_door: Door) -> Door:
    open_door.messages.clear()
    return open_door


def test_a_caller_without_a_token_is_not_heard(door: Door) -> None:
    for token in (None, "wrong", "secret2"):
        assert door.post({"recipient": "r1", "text": "hei"}, token).status_code == 401
    assert door.messages == []


def test_a_missing_sender_never_becomes_a_shared_conversation(door: Door) -> None:
    for recipient in ({}, {"recipient": ""}, {"recipient": 7}):
        body = {"text": "hei", **recipient}
        assert door.post(body).status_code == 400
    for body in ([], {"recipient": "r1"}, {"recipient": "r1", "text": 3}, "hei"):
        assert door.post(body).status_code == 400
    assert door.messages == []


def test_a_device_talks_only_as_its_own_recipient(door: Door) -> None:
    token = conversation_token("secret", "r17", expires=int(time.time()) + 60)
    assert door.post({"recipient": "r99", "text": "hei"}, token).status_code == 200
    assert door.messages[-1].sender_id == "r17"


OWN = {"actor": "recipient", "how": "typed"}


def test_the_metadata_is_ours_and_a_slash_is_stripped(door: Door) -> None:
    role = {"role": "staff", "actor": "staff:kari", "how": "beside"}
    door.post({"recipient": "r1", "text": " /affirm", "metadata": role, **role})
    assert door.messages[-1].text == "affirm"
    assert door.messages[-1].metadata == {"sure": True, **OWN}
    door.post({"recipient": "r1", "text": "ja", "sure": False})
    assert door.messages[-1].metadata == {"sure": False, **OWN}


@pytest.mark.parametrize("text", ["vær stille", "gå i stykker"])
def test_a_bot_without_an_answer_is_a_spoken_failure(door: Door, text: str) -> None:
    found = door.post({"recipient": "r1", "text": text}).json()["events"]
    assert [event["event"] for event in found] == ["said", "error", "basket"]


def test_the_client_speaks_with_the_channel(door: Door) -> None:
    client = HttpDialogue(door.url, "secret")
    turn = client.say("r1", "hei")
    assert [event["event"] for event in turn] == ["said", "basket"]
    client.close()


def test_the_client_tells_of_a_wrong_token_and_of_a_dead_bot(door: Door) -> None:
    with pytest.raises(DialogueError, match="nøkkel"):
        HttpDialogue(door.url, "wrong").say("r1", "hei")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(DialogueError, match="svarer ikke"):
        HttpDialogue(f"http://127.0.0.1:{port}", "secret").say("r1", "hei")


# -- a process of its own --------------------------------------------------------------------------


def test_a_fresh_process_imports_in_the_products_order_and_answers(tmp_path: Path) -> None:
    """Vosk, spaCy and rapidfuzz before TensorFlow end in a crash: Rasa must come first."""
    code = """
import sys
from pathlib import Path
import bot.rasa_agent
import vosk, spacy, rapidfuzz
from dataclasses import replace
from bot.dialogue import RasaDialogue
from bot.parts import running_parts
from bot.settings import Settings
from bot.training import ensure_model
settings = Settings.from_environment()
model = ensure_model(settings.state_dir)
folder = Path(sys.argv[1])
own = replace(settings, state_dir=folder, database_url=f"sqlite:///{folder / 'kurv.db'}")
with running_parts(own) as parts:
    dialogue = RasaDialogue.load(model, parts.service)
    turn = dialogue.say("r1", "to loff")
    dialogue.close()
assert "pynini" not in sys.modules
print("BASKET", [line["product_id"] for line in turn[-1]["lines"]])
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=PROJECT_ROOT,
        env={**os.environ, "KURV_CATALOGUE": str(SHOP), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "BASKET ['loff']" in done.stdout


def test_telemetry_is_off_in_our_processes() -> None:
    from bot.training import _environment

    assert _environment(Path("/tmp"))["RASA_TELEMETRY_ENABLED"] == "false"
    assert os.environ.get("RASA_TELEMETRY_ENABLED") == "false"


def test_training_ignores_the_catalogue_that_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.training import _environment

    monkeypatch.setenv("KURV_CATALOGUE", str(SHOP))
    assert "KURV_CATALOGUE" not in _environment(Path("/tmp"))
