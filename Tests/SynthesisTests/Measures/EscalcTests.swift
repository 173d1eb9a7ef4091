import Evidence
import Synthesis
import Testing

/// metafor 3.8-1 on the same numbers, by way of a row of a table.
@Suite("Effects as metafor's escalc makes them")
struct EscalcTests {
    /// Of a value or of 1, whichever is larger: both programs use doubles, and J is a difference of logarithms of gamma functions.
    private let tolerance = 1e-10

    private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= tolerance * max(1, abs(b)) }

    private func isCloseRelatively(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= tolerance * abs(b) }

    @Test("every case of every measure")
    func cases() throws {
        let reference = try MeasureCases.read()
        #expect(reference.version == "3.8.1")
        for expected in reference.cases {
            let measurement = measured([row(expected.numbers)], expected.settings)
            let effect = try #require(measurement.effects.first, "\(expected): \(measurement.notices)")
            #expect(effect.measure == expected.measure)
            #expect(isClose(effect.yi, expected.yi), "\(expected): \(effect.yi), metafor \(expected.yi)")
            #expect(isCloseRelatively(effect.vi, expected.vi), "\(expected): \(effect.vi), metafor \(expected.vi)")
        }
    }

    @Test("the grid of cases is complete: each measure but GEN, several times")
    func grid() throws {
        let reference = try MeasureCases.read()
        let counts = Dictionary(grouping: reference.cases, by: \.measure).mapValues(\.count)
        for measure in OutcomeMeasure.allCases where measure != .generic {
            #expect(counts[measure, default: 0] >= 4, "\(measure.rawValue)")
        }
        #expect(reference.cases.count >= 300)
        #expect(reference.cases.contains { $0.settings.oddsConversion == .cox })
    }

    @Test("means and SDs from quartiles and ranges, by Luo and Wan and by Box and Cox")
    func quantiles() throws {
        let reference = try MeasureCases.read()
        #expect(reference.quantiles.count == 6)
        for expected in reference.quantiles {
            let moments = try #require(expected.summary.luoWan)
            #expect(isClose(moments.mean, expected.mean))
            #expect(isClose(moments.sd, expected.sd))
            let boxCox = try #require(BoxCoxMoments(expected.summary))
            // R's optimize finds λ to about the root of the precision of doubles; the moments follow.
            #expect(abs(boxCox.lambda - expected.lambda) < 1e-5, "\(boxCox.lambda), R \(expected.lambda)")
            #expect(abs(boxCox.mean / expected.boxCoxMean - 1) < 1e-6)
            #expect(abs(boxCox.sd / expected.boxCoxSD - 1) < 1e-6)
        }
    }
}
