import Evidence
import Foundation
import Synthesis
import TestSupport
import Testing

/// Values that PyMARE's tests hold, made by metafor 4.6-0: another version than the one of ``EscalcTests``.
@Suite("Effects of metafor 4.6-0 as PyMARE keeps them", .enabled(if: Shelf.isHere, Shelf.absence))
struct MeasureShelfTests {
    @Test("MD, SMD, COR, ZCOR and SMCC of eight cases")
    func pymare() throws {
        let folder = "oracle/nimare/pymare_refs"
        let table = try String(
            contentsOfFile: #require(Shelf.file("\(folder)/metafor_escalc_inputs.csv")), encoding: .utf8)
        let data = try Data(
            contentsOf: URL(fileURLWithPath: #require(Shelf.file("\(folder)/metafor_escalc_reference.json"))))
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let cases = try #require(json["cases"] as? [[String: Any]])
        var compared = 0
        for line in table.split(whereSeparator: \.isNewline).dropFirst() {
            let cells = line.split(separator: ",").map(String.init)
            let x = cells.dropFirst().compactMap(Double.init)
            let reference = try #require(cases.first { $0["case"] as? String == cells[0] })
            let groups: [OutcomeQuantity: Double] = [
                .m1i: x[4], .m2i: x[5], .sd1i: x[6], .sd2i: x[7], .n1i: x[8], .n2i: x[9],
            ]
            let correlation: [OutcomeQuantity: Double] = [.ri: x[3], .ni: x[2]]
            let change: [OutcomeQuantity: Double] = [.mchange: x[0], .sdchange: x[1], .ni: x[2]]
            let rows: [(OutcomeMeasure, [OutcomeQuantity: Double])] = [
                (.meanDifference, groups), (.standardizedMeanDifference, groups), (.correlation, correlation),
                (.fisherZ, correlation), (.changeByChangeSD, change),
            ]
            for (measure, numbers) in rows {
                let expected = try #require(reference[measure.rawValue] as? [String: Double])
                let effect = try #require(
                    measured([row(numbers)], MeasurementSettings(measure: measure)).effects.first)
                let (yi, vi) = (try #require(expected["yi"]), try #require(expected["vi"]))
                #expect(abs(effect.yi - yi) < 1e-10 * max(1, abs(yi)), "\(cells[0]) \(measure.rawValue)")
                #expect(abs(effect.vi - vi) < 1e-10 * abs(vi), "\(cells[0]) \(measure.rawValue)")
                compared += 1
            }
        }
        #expect(compared == 40)
    }
}
