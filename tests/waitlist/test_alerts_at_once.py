"""Two processes look at the same prices at the same moment: one mail for each drop."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time

import pytest
from django.conf import settings
from django.db import connection

from notifications.models import Notification
from tests.factories.inventory import hotel
from waitlist.models import PriceAlert, PriceDrop

from .alerts import price, watch

LOOK = """
import os, sys, time
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import connections
connections.close_all()
connections["default"].settings_dict["NAME"] = sys.argv[1]
from waitlist.services.alert_checks import alerts_check
time.sleep(max(0.0, float(sys.argv[2]) - time.time()))
print(alerts_check().told)
connections.close_all()
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_tell_each_drop_once() -> None:
    house = hotel(price=100)
    for _number in range(10):
        watch(house)
    price(house, 80)
    PriceAlert.objects.update(checked_at=None)
    name = connection.settings_dict["NAME"]
    begin = str(time.time() + 6)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(LOOK), name, begin],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.test"),
            },
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _number in range(2)
    ]
    answers = [process.communicate(timeout=300) for process in processes]

    assert [process.returncode for process in processes] == [0, 0], answers
    assert sum(int(output.strip().splitlines()[-1]) for output, _errors in answers) == 10
    assert PriceDrop.objects.count() == 10
    assert Notification.objects.filter(type="price_drop", channel="email").count() == 10
