import Figures

/// References as a numbered list, each with its DOI as a link.
struct ReferenceList {
    let references: [Reference]

    init(_ references: [Reference]) { self.references = references }

    var html: HTML {
        let items = references.map { reference in
            let link = reference.doi.map { HTML.text(" ") + HTML.link("https://doi.org/\($0)", "doi:\($0)") }
            return HTML.element("li", [], HTML.text(reference.citation) + (link ?? HTML()))
        }
        return HTML.element("ol", [], items.joined())
    }
}
