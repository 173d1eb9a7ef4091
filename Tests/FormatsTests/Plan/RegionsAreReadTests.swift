import Evidence
import Formats
import TestSupport
import Testing

@Suite("Regions of the plan")
struct RegionsAreReadTests {
    static func read(_ regions: String, before: String = "") throws -> [RegionHypothesis] {
        let table = "experiment\tn1\treport\nA\t20\tnone\n"
        let text = before + "regions:\n" + regions
        return try Scratch(["cuneus.yaml": text, "studies.tsv": table]).read().regions
    }

    @Test("an atlas and its labels, spheres, or a mask; a direction, a group, a prior")
    func kinds() throws {
        let regions = try Self.read(
            """
              - {name: dlPFC, atlas: AAL, labels: [Frontal_Mid_L, Frontal_Mid_R], direction: increase, group: control}
              - {name: one, atlas: AAL, labels: Amygdala_L, direction: decrease}
              - {name: dACC, sphere: [0, 24, 30], radius: 10, direction: increase}
              - {name: both, sphere: [[-22, -4, -18], [22, -4, -18]], radius: 7.5, direction: decrease, bayes: {prior_scale: 0.3}}
              - {name: seed, mask: /masks/seed.nii.gz, direction: either}

            """, before: "bayes: {prior_scale: 0.4}\n")
        #expect(regions.map(\.name) == ["dlPFC", "one", "dACC", "both", "seed"])
        #expect(regions.map(\.direction) == [.increase, .decrease, .increase, .decrease, .either])
        #expect(regions.map(\.group) == ["control", nil, nil, nil, nil])
        #expect(regions.map(\.priorScale) == [0.4, 0.4, 0.4, 0.3, 0.4])
        guard case .atlas("AAL", let labels) = regions[0].extent else { throw Failure.extent }
        #expect(labels.map(\.text) == ["Frontal_Mid_L", "Frontal_Mid_R"])
        #expect(labels[1].source?.line == 3 && labels[1].source?.column == 55)
        #expect(regions[2].extent == .spheres(centres: [[0, 24, 30]], radius: 10))
        #expect(regions[3].extent == .spheres(centres: [[-22, -4, -18], [22, -4, -18]], radius: 7.5))
        #expect(regions[4].extent == .mask(path: "/masks/seed.nii.gz"))
    }

    private enum Failure: Error { case extent }

    @Test(
        "what is wrong is told with its line and column",
        arguments: [
            ("  - {sphere: [0, 0, 0], radius: 5, direction: either}", "2:5", "has no name"),
            ("  - {name: a, sphere: [0, 0, 0], radius: 5}", "2:5", "no direction"),
            ("  - {name: a, sphere: [0, 0, 0], radius: 5, direction: up}", "2:56", "increase or decrease or either"),
            ("  - {name: a, sphere: [0, 0], radius: 5, direction: either}", "2:23", "MNI mm"),
            ("  - {name: a, sphere: [0, 0, 0], direction: either}", "2:5", "no radius"),
            ("  - {name: a, sphere: [0, 0, 0], radius: -5, direction: either}", "2:42", "above 0"),
            ("  - {name: a, direction: either}", "2:5", "where it is"),
            ("  - {name: a, atlas: AAL, direction: either}", "2:5", "no labels"),
            ("  - {name: a, mask: m.nii, atlas: AAL, labels: x, direction: either}", "2:28", "both mask and atlas"),
            ("  - {name: a, mask: m.nii, radius: 3, direction: either}", "2:28", "does not belong to mask"),
            ("  - {name: a, spere: [0, 0, 0], direction: either}", "2:15", "Did you mean \"sphere\"?"),
            (
                "  - {name: a, mask: m.nii, direction: either, bayes: {prior_scale: 0}}", "2:68", "from 0.01 to 10"
            ),
        ])
    func errors(_ line: String, _ place: String, _ words: String) throws {
        let error = try #require(throws: InputError.self) { try Self.read(line + "\n") }
        #expect(error.description.contains(":\(place):"), "\(error)")
        #expect(error.description.contains(words), "\(error)")
    }

    @Test("two regions of one name are refused")
    func twice() throws {
        let line = "  - {name: a, sphere: [0, 0, 0], radius: 5, direction: either}\n"
        let error = try #require(throws: InputError.self) { try Self.read(line + line) }
        #expect(error.description.contains("stands twice"))
    }

    @Test("the canonical plan has what is computed, and not the order of regions")
    func canonical() throws {
        func text(_ regions: String) throws -> String {
            let table = "experiment\tn1\treport\nA\t20\tnone\n"
            return try Scratch(["cuneus.yaml": "regions:\n" + regions, "studies.tsv": table]).read().canonicalPlan()
        }
        let a = "  - {name: a, sphere: [0, 0, 0], radius: 5, direction: either}\n"
        let b = "  - {name: b, atlas: AAL, labels: [Insula_L], direction: decrease, group: g}\n"
        #expect(try text(a + b) == text(b + a))
        #expect(
            try text(b).hasSuffix(
                "region \"b\" decrease group=\"g\" prior_scale=0.5 atlas=\"AAL\" labels=\"Insula_L\"\n"))
        #expect(try text(a) != text(a.replacing("radius: 5", with: "radius: 6")))
        #expect(try text(a) != text(a.replacing("either", with: "increase")))
    }
}
