import Figures

/// The skeleton that every report page shares: head, bar of contents, question, sections, footer.
///
/// Nothing is loaded from elsewhere: style, pictures and tables are inside; other sites occur only as links.
struct ReportPage {
    /// A part of the page.
    struct Section {
        var id: String
        var title: String
        var content: HTML
        /// What it is called in the bar at the top; nil leaves it out.
        var inBar: String?

        init(_ id: String, _ title: String, _ content: HTML, inBar: String? = nil) {
            self.id = id
            self.title = title
            self.content = content
            self.inBar = inBar
        }
    }

    /// The identifier of the section that answers the question: the page's own heading stands above it, so it has none.
    static let answer = "answer"

    /// Of what the page is, in the bar.
    var name: String
    /// What the browser's tab says behind the name.
    var genre: String
    /// What kind of page it is, in a line above the question.
    var kind: String
    /// The heading of the page.
    var question: String
    /// In the order of the page; the first is the ``answer``.
    var sections: [Section]
    /// Below the last section, where something has to be said of the whole.
    var caution: HTML?
    /// What the folder of the page holds besides it: *Maps, tables*.
    var companions: String
    /// The version of Cuneus that made it.
    var version: String

    /// A part that opens by a click.
    static func folded(_ title: String, _ content: HTML) -> HTML {
        HTML.element("details", [], HTML.element("summary", [], title) + content)
    }

    /// The whole page, UTF-8.
    var html: String {
        let body = sections.map { section in
            let isAnswer = section.id == Self.answer
            let heading = isAnswer ? HTML() : HTML.element("h2", [("id", "\(section.id)-title")], section.title)
            let label: (String, String?) =
                isAnswer ? ("aria-label", section.title) : ("aria-labelledby", "\(section.id)-title")
            return HTML.element("section", [("id", section.id), label], heading + section.content)
        }
        let bar = sections.compactMap { section in section.inBar.map { HTML.link("#\(section.id)", $0) } }.joined("\n")
        let main = body.joined().source + (caution.map { "\n" + $0.source } ?? "")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Cuneus \(HTML.escape(version))">
            <title>\(HTML.escape(name)): \(HTML.escape(genre))</title>
            <style>\(ReportStyle.css)</style>
            </head>
            <body>
            <nav class="bar" aria-label="Contents"><b>\(HTML.escape(name))</b>
            \(bar.source)
            </nav>
            <header>
            <p class="kind">\(HTML.escape(kind))</p>
            <h1>\(HTML.escape(question))</h1>
            </header>
            <main>
            \(main)
            </main>
            <footer><p>Made by Cuneus \(HTML.escape(version)). \(companions) and the record of this run (run.json) are in the folder \
            of this page.</p></footer>
            <script>
            \(ReportScript.source)
            </script>
            </body>
            </html>

            """
    }
}
