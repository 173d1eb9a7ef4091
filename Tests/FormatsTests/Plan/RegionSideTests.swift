import Evidence
import Formats
import TestSupport
import Testing

@Suite("A region lies on the side that its name says")
struct RegionSideTests {
    private func notices(_ region: String) throws -> [Notice] {
        let plan = "models: {all: {}}\nregions:\n  - \(region)\n"
        let project = try Scratch(nativeFiles.merging(["cuneus.yaml": plan]) { _, new in new }).read()
        return project.notices.filter { $0.code == "region-side" }
    }

    @Test(
        "a swapped sign of x, or the other side's label, is a warning at the region",
        arguments: [
            "{name: left amygdala, sphere: [22, -4, -18], radius: 8, direction: decrease}",
            "{name: Amygdala_R, sphere: [[-22, -4, -18], [-24, -2, -18]], radius: 8, direction: decrease}",
            "{name: lh dlPFC, atlas: AAL, labels: [Frontal_Mid_R], direction: increase}",
            "{name: insula (right), atlas: AAL, labels: [Insula_L], direction: increase}",
        ])
    func swapped(_ region: String) throws {
        let found = try notices(region)
        #expect(found.count == 1 && found.first?.severity == .warning && found.first?.location?.line == 3)
    }

    @Test(
        "nothing is said where name and place agree, or one of them names no side",
        arguments: [
            "{name: left amygdala, sphere: [-22, -4, -18], radius: 8, direction: decrease}",
            "{name: amygdala, sphere: [[-22, -4, -18], [22, -4, -18]], radius: 8, direction: decrease}",
            "{name: left amygdala, sphere: [0, -4, -18], radius: 8, direction: decrease}",
            "{name: right and left insula, atlas: AAL, labels: [Insula_L], direction: increase}",
            "{name: left over, atlas: AAL, labels: [Insula_L, Insula_R], direction: increase}",
        ])
    func agreeing(_ region: String) throws { #expect(try notices(region).isEmpty) }

    @Test("of claims too")
    func claims() throws {
        let ledger = """
            all_studies: {outcome: activity}
            claims:
              - name: a
                sentence: The amygdala calms.
                said_by: {who: P}
                region: {name: left amygdala, sphere: [22, -4, -18], radius: 8}
                direction: decrease

            """
        let scratch = try Scratch(["claims.yaml": ledger])
        let read = try ClaimsReader.read(
            "\(scratch.path)/claims.yaml", for: Project(name: "p", format: .native, experiments: []))
        #expect(read.notices.map(\.code) == ["region-side"] && read.notices.first?.location?.line == 6)
    }
}
