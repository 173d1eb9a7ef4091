import Figures
import Formats

/// The statistic maps of a run as the report lists them: what the gate found of each, and a small picture.
struct ReportMaps {
    /// In the order of the project.
    let maps: [ReportedMap]

    private static let legend =
        "Pictures: axial slices at z = "
        + MapThumbnail.depths.map { PrettyNumber.fixed($0, 0) }.joined(separator: ", ")
        + " mm of the effect made from the map, the left of the brain on the left; red above zero, blue below, white near it, grey where the map has no value. "
        + "Each has its own scale. What a header says of the space is what its writer put there."

    /// Nothing without a map.
    var html: HTML {
        guard !maps.isEmpty else { return HTML() }
        let columns: [HTMLTable.Column] = [
            .init("Experiment"), .init("Map"), .init("Grid"), .init("Position by its header"),
            .init("In the mask", number: true), .init("Range"), .init("Resampled"),
        ]
        let rows = maps.map { map -> [HTML] in
            let facts = map.facts
            return [
                .text(map.experiment), picture(map), .text(facts.gridWords), .text(facts.positionWords),
                .text(facts.coverageWords), .text(facts.rangeWords), .text(facts.resamplingWords),
            ]
        }
        return HTMLTable(caption: "Statistic maps as used", columns: columns, rows: rows).html
            + HTML.element("p", [("class", "soft")], Self.legend)
    }

    private func picture(_ map: ReportedMap) -> HTML {
        guard let thumbnail = map.thumbnail else { return .text("–") }
        let (width, height) = (String(2 * thumbnail.width), String(2 * thumbnail.height))
        let image = HTML.element(
            "image", [("href", thumbnail.dataURI), ("width", width), ("height", height)], HTML())
        let attributes: [(String, String?)] = [
            ("width", width), ("height", height), ("role", "img"),
            ("aria-label", "Slices of the map of \(map.experiment)"),
        ]
        return HTML.element("svg", attributes, image)
    }
}
