"""Compiled mappings are kept, and made anew when anything they depend on differs."""

from dataclasses import replace

import pytest

from core.errors import BadSetup
from core.mapping import programs
from core.mapping.starter import install_starters
from core.model.fields import Catalogue, Field, Kind, Level
from core.store import Store, catalogue, documents


def test_a_mapping_is_compiled_once_until_its_body_or_the_fields_change(store: Store) -> None:
    install_starters(store)
    document = documents.published(store, "mapping", "taobao.orders")
    assert document is not None
    fields = catalogue.load(store)
    first = programs.program(document, fields, "orders", "Asia/Shanghai", "bodies")
    assert programs.program(document, Catalogue(tuple(fields.fields)), "orders", "Asia/Shanghai", "bodies") is first
    shorter = replace(document, body={**document.body, "fields": document.body["fields"][:5]}, hash="other")
    assert len(programs.program(shorter, fields, "orders", "Asia/Shanghai", "bodies").main.columns) == 5
    assert programs.program(document, fields, "orders", "UTC", "bodies") is not first
    more = Catalogue((*fields.fields, Field("x_gift", Kind.TEXT, Level.ORDER, "Gift")), 9)
    assert programs.program(document, more, "orders", "Asia/Shanghai", "bodies") is not first


def test_a_mapping_of_another_entity_is_refused(store: Store) -> None:
    install_starters(store)
    document = documents.published(store, "mapping", "taobao.orders")
    assert document is not None
    with pytest.raises(BadSetup):
        programs.program(document, catalogue.load(store), "refunds", "Asia/Shanghai", "bodies")
