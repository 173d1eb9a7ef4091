import Evidence
import Foundation
import TestSupport
import Testing

/// `Docs/settings.md` is for people who have not built the program yet: it must say what the program says.
///
/// Run with `CUNEUS_RECORD=1` after changing a setting, and the table is written anew.
@Suite("The page of settings")
struct SettingsPageTests {
    private static let page = URL(fileURLWithPath: Checkout.path + "/Docs/settings.md")
    private static let start = "<!-- table -->\n"
    private static let end = "<!-- /table -->"

    private static var table: String {
        var lines = ["| key | default | unit | meaning | allowed |", "|---|---|---|---|---|"]
        lines += SettingKey.all.map {
            "| `\($0.name)` | `\($0.defaultText)` | \($0.unit) | \($0.meaning) | \($0.allowed) |"
        }
        return lines.map { $0 + "\n" }.joined()
    }

    @Test("has every key with its default, unit, meaning and range, as the program has them")
    func table() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let opening = try #require(text.range(of: Self.start))
        let closing = try #require(text.range(of: Self.end))
        let written = text[opening.upperBound..<closing.lowerBound]
        if ProcessInfo.processInfo.environment["CUNEUS_RECORD"] == "1" {
            let page = text[..<opening.upperBound] + Self.table + text[closing.lowerBound...]
            try page.write(to: Self.page, atomically: true, encoding: .utf8)
        } else {
            #expect(
                written == Self.table,
                "run CUNEUS_RECORD=1 swift test -c release --filter SettingsPageTests, then commit")
        }
    }
}
