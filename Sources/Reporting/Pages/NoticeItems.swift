import Evidence
import Figures
import Foundation

/// Notices as a list: how severe, where, what, and how to mend it.
struct NoticeItems {
    let notices: [Notice]

    init(_ notices: [Notice]) { self.notices = notices }

    var html: HTML {
        let items = notices.map { notice in
            let place = notice.location.map { HTML.element("code", [], $0.description) + HTML.text(" ") } ?? HTML()
            let text = [notice.message, notice.remedy ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
            return HTML.element(
                "li", [],
                HTML.element("span", [("class", "severity")], notice.severity.rawValue.capitalized) + HTML.text(" ")
                    + place + HTML.text(text))
        }
        return HTML.element("ul", [("class", "notices")], items.joined())
    }
}
