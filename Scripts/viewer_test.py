#!/usr/bin/env python3
"""Drive the viewer of a report in a real browser, from file://, and say what does not hold.

    Scripts/viewer_test.py REPORT.html [--chromium /usr/bin/chromium] [--screenshot FILE.png]

The report should have clusters: rows of its tables are clicked. Needs playwright, pillow and axe-core-python (`make browser-test` makes a virtual environment with them) and a chromium. WebGL is
drawn by the processor (SwiftShader), so times of the viewer are no measure of what a reader waits; they are printed all the same.
The page itself has no WebGL in it before the viewer comes into view: it has to answer within a second of opening.
"""

import argparse
import io
import sys
from pathlib import Path

from axe_core_python.sync_playwright import Axe
from PIL import Image, ImageChops
from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
BODY = "document.getElementById('viewer-body')"
VOXEL = 2.0  # mm
PATIENCE = 240_000  # ms
OPENING = 1000  # ms of the page's main thread until it answers

failures = []


def check(holds, message):
    print(("ok      " if holds else "FAILED  ") + message)
    if not holds:
        failures.append(message)


class Viewer:
    """A page with the viewer, and what it tells of itself in data attributes."""

    def __init__(self, browser, address, script=None, loads=True):
        self.page = browser.new_page(viewport={"width": 1000, "height": 800})
        self.page.set_default_timeout(PATIENCE)
        self.problems, self.requests = [], []
        self.page.on("console", lambda m: self.problems.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        if script:
            self.page.add_init_script(script)
        self.page.goto(address)
        if loads:
            self.load()

    def load(self):
        """Has the viewer made, as reading on to it does, and everything that folds opened."""
        self.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
        self.page.locator("#viewer").scroll_into_view_if_needed()
        self.page.wait_for_function(f"!['', 'loading'].includes({BODY}?.dataset.state ?? '')", timeout=PATIENCE)

    def told(self, name):
        return self.page.evaluate(f"{BODY}.dataset.{name}")

    def place(self):
        return [float(v) for v in self.told("place").split(",")]

    def forest(self):
        return self.page.evaluate("document.getElementById('viewer-forest').dataset.place")

    def picture(self):
        return Image.open(io.BytesIO(self.page.locator("#viewer-canvas").screenshot())).convert("RGB")

    def until(self, expression):
        try:
            self.page.wait_for_function(expression, timeout=PATIENCE / 4)
            return True
        except Exception:
            return False


def near(place, wanted):
    return all(abs(a - b) <= VOXEL for a, b in zip(place, wanted))


def coordinates(row):
    return [float(row.get_attribute(f"data-{axis}")) for axis in "xyz"]


def opening(browser, address):
    """How long the page takes until it answers, before anybody comes to the viewer.

    Judged is the processor time that the kernel counts of its main thread, which other work on the machine does not stretch, until its
    first idle moment, in the best of three openings. (Chromium's own times of tasks are stretched, up to twentyfold on a machine with 30
    processes waiting.) The clock is printed beside it.
    """
    times = [open_once(browser, address) for _ in range(3)]
    spent, clock, state = min(times)
    check(spent < OPENING, f"the page answers after {spent:.0f} ms of its main thread ({clock:.0f} ms by the clock here)")
    check(state == ["", "undefined"], f"the viewer waits until it comes into view {state}")


def main_threads():
    """Milliseconds of the processor that the main thread of every page's process has had, by process."""
    times = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if "--type=renderer" in (folder / "cmdline").read_text():
                times[folder.name] = int((folder / "task" / folder.name / "schedstat").read_text().split()[0]) / 1e6
        except OSError:  # It has ended.
            continue
    return times


def open_once(browser, address):
    page = browser.new_page(viewport={"width": 1000, "height": 300})
    page.add_init_script("""
        addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => requestIdleCallback(() => {
          window.answered = performance.now(); })));""")
    before = main_threads()
    page.goto(address, timeout=PATIENCE)
    page.wait_for_function("window.answered", timeout=PATIENCE)
    # Of the processes of this and of other browsers, the page's is the one that worked most.
    spent = max(time - before.get(process, 0) for process, time in main_threads().items())
    clock = page.evaluate("window.answered")
    page.wait_for_timeout(500)
    state = page.evaluate(f"[{BODY}.dataset.state ?? '', typeof niivue]")
    page.close()
    return spent, clock, state


def check_heads(page):
    """Heads of tables sort by key, and have nothing in them that chromium prints once only."""
    check(page.locator("thead button, thead input").count() == 0, "heads of tables hold no form control, so they repeat in print")
    head = page.locator("table.sortable thead [role=button]").nth(1)
    table = head.locator("xpath=ancestor::table")
    column = [cell.inner_text() for cell in table.locator("tbody tr > :nth-child(2)").all()]
    orders = []
    for _ in range(2):
        head.focus()
        page.keyboard.press("Enter")
        orders.append([cell.inner_text() for cell in table.locator("tbody tr > :nth-child(2)").all()])
    check(all(sorted(one) == sorted(column) for one in orders), "sorting keeps every row")
    check(len(set(column)) == 1 or orders[0] != orders[1], f"Enter on a head sorts its table, once more the other way ({orders})")


def row_first(browser, address):
    """A row of a table may be asked for before the viewer was ever seen."""
    viewer = Viewer(browser, address, loads=False)
    page = viewer.page
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
    check_heads(page)
    rows = page.locator("main section:not(#viewer) tr[data-x]")
    if rows.count():
        wanted = coordinates(rows.first)
        rows.first.evaluate("row => row.click()")
        viewer.until(f"{BODY}.dataset.state === 'ready' && {BODY}.dataset.place")
        page.wait_for_timeout(1000)
        check(near(viewer.place(), wanted), f"a click on a row makes the viewer, at {wanted} ({viewer.place()})")
    page.close()


def visit_rows(viewer, selector, name):
    """Has the first and the last rows moved to, by click and by key in turn; says how many there are."""
    rows = viewer.page.locator(selector)
    count = rows.count()
    for index in [n for n in range(count) if n < 3 or n >= count - 3]:
        row = rows.nth(index)
        wanted = coordinates(row)
        if index % 2:
            row.focus()
            viewer.page.keyboard.press("Enter")
        else:
            row.locator("th, td").first.click()
        # Choosing another model takes longer than moving.
        viewer.until(f"({BODY}.dataset.place ?? '').split(',').every((v, n) => Math.abs(v - {wanted}[n]) <= {VOXEL})")
        viewer.page.wait_for_timeout(400)
        check(near(viewer.place(), wanted), f"{name} {index + 1} moves the crosshair to {wanted} ({viewer.place()})")
    return count


def interactive(browser, address, screenshot):
    viewer = Viewer(browser, address)
    page = viewer.page
    check(viewer.told("state") == "ready", f"the viewer is ready (after {viewer.told('milliseconds')} ms on this machine)")
    before = viewer.picture()
    colours = len(before.resize((200, 100)).getcolors(20000))
    check(colours > 50, f"the canvas is not blank ({colours} colours)")

    shown = int(viewer.told("shown"))
    slider = page.locator("#viewer-threshold")
    highest = float(slider.get_attribute("max"))
    slider.evaluate("(s, v) => { s.value = v; s.dispatchEvent(new Event('input')); }", 0.9 * highest)
    moved = viewer.until(f"Number({BODY}.dataset.shown) < {shown}")
    check(moved, f"a higher threshold shows fewer voxels ({viewer.told('shown')} of {shown})")
    page.wait_for_timeout(500)
    check(ImageChops.difference(before, viewer.picture()).getbbox() is not None, "the slider changes the picture")
    slider.evaluate("s => { s.value = 0; s.dispatchEvent(new Event('input')); }")
    check(viewer.until(f"Number({BODY}.dataset.shown) > {shown}"), "threshold 0 shows more voxels than the first one")

    # The viewer's own list is that of the model shown, and is made anew when a row of another model's table is asked for.
    count = visit_rows(viewer, "main section:not(#viewer) tr[data-x]:visible", "row")
    count += visit_rows(viewer, "#viewer-clusters tr[data-x]:visible", "row of the viewer's list")
    if count == 0:
        print("note    no row of a table has a place: this report has no clusters")

    # A click elsewhere in the slices moves the crosshair, and with it values and forest plot.
    canvas = page.locator("#viewer-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    place, forest = viewer.place(), viewer.forest()
    for x, y in ((0.09, 0.45), (0.12, 0.62), (0.05, 0.5), (0.15, 0.4)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.wait_for_timeout(400)
        if viewer.place() != place and viewer.forest() != forest:
            break
    check(viewer.place() != place, f"a click in a slice moves the crosshair ({place} to {viewer.place()})")
    if forest is not None:
        check(viewer.forest() != forest, f"the forest plot follows the crosshair ({forest} to {viewer.forest()})")
        check(page.locator("#viewer-forest svg rect").count() > 0, "the forest plot has a mark per study")
    place = viewer.place()
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    check(abs(viewer.place()[0] - place[0] - 2) < 0.2, "an arrow key moves the crosshair by 2 mm")

    page.locator("#viewer-peaks").check()
    for index in range(page.locator("#viewer-map option").count()):
        page.locator("#viewer-map").select_option(index=index)
        page.wait_for_timeout(300)
    check(viewer.told("state") == "ready", "every map can be chosen")
    # Of a single model there is no choice.
    models = page.locator("#viewer-model:visible option").count()
    for index in range(models if models > 1 else 0):
        page.locator("#viewer-model").select_option(index=index)
        page.wait_for_timeout(600)
    check(viewer.told("state") == "ready", "every model can be chosen")
    if screenshot:
        page.locator("#viewer-body").screenshot(path=screenshot)

    found = Axe().run(page)["violations"]
    for violation in found:
        print(f"        {violation['id']}: {violation['help']} ({violation['nodes'][0]['html'][:120]})")
    check(not found, "axe-core finds nothing against the page")
    outside = [url for url in viewer.requests if not url.startswith((address, "data:", "blob:"))]
    check(not outside, f"no request leaves the page {outside[:3]}")
    check(not viewer.problems, f"nothing is complained of on the console {viewer.problems[:3]}")
    page.close()


def without_webgl(browser, address):
    viewer = Viewer(browser, address, """
        const get = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
          return kind === "webgl2" ? null : get.call(this, kind, ...rest);
        };""")
    check(viewer.told("state") == "unavailable", "without WebGL 2 the viewer steps aside")
    check(viewer.page.locator("#viewer-fallback").is_visible(), "and a line says so")
    check(not viewer.page.locator("#viewer-canvas").is_visible(), "and there is no empty canvas")
    check(not viewer.problems, f"without a complaint on the console {viewer.problems[:3]}")
    viewer.page.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("report", type=Path)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--screenshot", type=Path)
    options = parser.parse_args()
    address = options.report.resolve().as_uri()
    print(f"{options.report}: {options.report.stat().st_size / 1e6:.1f} MB")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=FLAGS)
        opening(browser, address)
        interactive(browser, address, options.screenshot)
        row_first(browser, address)
        without_webgl(browser, address)
        browser.close()
    sys.exit(f"{len(failures)} of the checks failed" if failures else 0)


if __name__ == "__main__":
    main()
