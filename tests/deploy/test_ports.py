import pytest

from deploy.local.ports import Ports, PortTaken, hold_a_port


def test_each_port_can_be_chosen_by_the_environment() -> None:
    assert Ports.from_environment({"CADDY_PORT": "9000", "REDIS_PORT": ""}) == Ports(caddy=9000)


def test_free_ports_are_all_different() -> None:
    assert len(set(vars(Ports.free()).values())) == 7


def test_a_port_in_use_is_named_together_with_the_way_out() -> None:
    with hold_a_port() as held:
        taken = held.getsockname()[1]
        ports = Ports(**{**vars(Ports.free()), "caddy": taken})
        with pytest.raises(PortTaken, match=rf"{taken} \(caddy\).*CADDY_PORT="):
            ports.refuse_taken()
