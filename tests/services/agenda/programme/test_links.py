from services.agenda.programme.links import programme_url, schedule_url, sign_up_url


def test_addresses_hold_one_slash_between_origin_and_path() -> None:
    assert programme_url("https://example.org/", "fest") == "https://example.org/agenda/e/fest"
    assert sign_up_url("https://example.org", "fest") == "https://example.org/e/fest"
    assert schedule_url("https://example.org", "fest", "ics").endswith("/agenda/e/fest/schedule.ics")
