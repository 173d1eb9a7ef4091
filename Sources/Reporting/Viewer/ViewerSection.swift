import Evidence
import Figures
import Foundation
import Imaging
import Inference
import SeedBasedMapping

/// The interactive brain of `report.html`: NiiVue, our script, and the data it shows, all inside the page.
///
/// Nothing is loaded from elsewhere, so that the page works from a disk and stays what it was. Without JavaScript or WebGL 2 a line
/// says so, and the pictures of the page remain.
struct ViewerSection {
    static let identifier = "viewer"
    static let title = "Look around in the brain"

    private let resources: ViewerResources
    private let payload: ViewerPayload

    /// - Returns: nil for a run without the viewer, or without a map to show.
    init?(_ run: RunResults, workers: Workers) {
        guard let resources = run.viewer, let payload = try? Self.payload(run, workers: workers) else { return nil }
        self.resources = resources
        self.payload = payload
    }

    var html: HTML {
        guard let data = try? Self.inert(String(decoding: ViewerPayload.json(payload), as: UTF8.self)) else {
            return HTML()
        }
        let library = ViewerPayload.base64(resources.library)
        // A page with NiiVue in it hands NiiVue on.
        let licence = HTML.element(
            "details", [("class", "soft viewer")],
            HTML.element("summary", [], "The viewer is NiiVue 0.68.1; its licence")
                + HTML.element("pre", [], resources.licence))
        return HTML(
            raw: """
                <style>\(resources.style)</style>
                \(resources.markup)
                \(licence.source)
                <script type="application/json" id="viewer-data">\(data)</script>
                <script type="text/plain" id="viewer-niivue">\(library)</script>
                <script>\(resources.script)</script>
                """)
    }

    /// JSON that cannot end the element it stands in, whatever names it holds.
    static func inert(_ json: String) -> String { json.replacingOccurrences(of: "<", with: "\\u003c") }

    /// - Returns: nil without a map to show.
    static func payload(_ run: RunResults, workers: Workers) throws -> ViewerPayload? {
        let scale = ReportScale(run)
        let models = run.all.map { ViewerModel(model: $0, places: run.places, scale: scale, workers: workers) }
        let masks = models.compactMap(\.mask)
        guard let largest = masks.max(by: { $0.count < $1.count }) else { return nil }
        let brain = run.template.map { Mask($0) } ?? largest
        let spaces = ViewerSpaces(anatomy: brain, models: masks)
        let anatomy = run.template.map(brain.gather) ?? Array(repeating: 1, count: brain.count)
        let shown = try models.compactMap { model in
            try model.mask.flatMap { try model.payload(space: spaces.index(of: $0)) }
        }
        guard !shown.isEmpty else { return nil }
        return ViewerPayload(
            anatomy: .init(space: 0, map: .init(QuantisedMap(anatomy, step: run.template == nil ? 1 : nil))),
            spaces: spaces.payload(run.places, workers), models: shown, colours: colours)
    }

    /// Those of the report's pictures; of studies and of amounts, evenly spread over the hues and over lightness.
    private static var colours: [String: [String]] {
        func hex(_ map: ColourMap) -> [String] {
            stride(from: 0.0, through: 1.0, by: 1.0 / 15).map { String(map.hex($0).dropFirst()) }
        }
        return [
            "warm": hex(.warm), "cool": hex(.cool),
            "amount": ["4b2991", "872ca2", "c0369d", "ea4f88", "fa7876", "f6a97a", "edd9a3"],
            "studies": ["e6194b", "f58231", "ffe119", "bfef45", "3cb44b", "42d4f4", "4363d8", "911eb4", "f032e6"],
        ]
    }
}
