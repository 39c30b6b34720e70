import threading

from newsline.sandbox.lanes import Lanes


def test_a_lane_is_first_in_first_out():
    lanes: Lanes[int] = Lanes()
    for number in range(3):
        lanes.put(number)
    assert [lanes.get() for _ in range(3)] == [0, 1, 2]


def test_what_waits_alone_does_not_wait_behind_many():
    lanes: Lanes[str] = Lanes()
    for number in range(3):
        lanes.put(f"heavy {number}", lane="heavy")
    assert lanes.get() == "heavy 0"
    lanes.put("light", lane="light")
    assert [lanes.get() for _ in range(3)] == ["light", "heavy 1", "heavy 2"]


def test_one_heavy_item_waits_until_many_light_ones_are_through():
    lanes: Lanes[str] = Lanes()
    lanes.put("heavy", "heavy", 80)
    for number in range(3):
        lanes.put(f"light {number}", "light", 3)
    assert [lanes.get() for _ in range(4)] == ["light 0", "light 1", "light 2", "heavy"]


def test_full_lanes_are_emptied_one_after_the_other():
    lanes: Lanes[str] = Lanes()
    for lane in ("a", "b"):
        for number in range(3):
            lanes.put(f"{lane}{number}", lane=lane)
    assert [lanes.get() for _ in range(6)] == ["a0", "a1", "a2", "b0", "b1", "b2"]
    assert lanes.empty()


def test_who_finds_nothing_waits_for_the_next():
    lanes: Lanes[int] = Lanes()
    found: list[int] = []
    waiting = threading.Thread(target=lambda: found.append(lanes.get()))
    waiting.start()
    lanes.put(7)
    waiting.join(60)
    assert found == [7]
