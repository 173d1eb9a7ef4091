import Foundation
import Imaging
import SeedBasedMapping
import Statistics
import Testing

@Suite("What an experiment reports")
struct EffectReportTests {
    private static let grid = Grid(shape: [31, 31, 31], affine: Affine(scale: [-2, 2, 2], origin: [30, -30, -30]))!
    private static let everywhere = Mask(grid: grid) { _ in true }
    private static let kernel = PeakKernel(
        graph: KernelGraph(template: CorrelationTemplate(domain: everywhere, constant: 1), fwhm: 20), anisotropy: 1)

    @Test("Its bounds at a height are those of BoundsBuilder with sign-only peaks of that height", arguments: [1, 1.7])
    func bounds(height: Double) {
        let scale = EffectScale(n1: 24)
        let threshold = 3.2
        let b = scale.g(fromT: threshold)
        let peaks: [EffectReportBuilder.Peak] = [
            .init(coordinate: [0, 0, 0], effect: .sign(1)), .init(coordinate: [9, 4, -6], effect: .sign(-1)),
            .init(coordinate: [-14, 2, 8], effect: .known(1.4)), .init(coordinate: [500, 0, 0], effect: .sign(1)),
        ]
        var paths = ShortestPaths(Self.kernel.graph)
        let found = EffectReportBuilder(kernel: Self.kernel, mask: Self.everywhere)
            .report(peaks: peaks, thresholdT: threshold, scale: scale, with: &paths)
        #expect(found.unused == [3])
        let mapped = peaks.map { peak -> BoundsBuilder.MappedPeak in
            switch peak.effect {
            case .known(let g): .init(coordinate: peak.coordinate, g: g)
            case .sign(let sign): .init(coordinate: peak.coordinate, g: sign * height * b)
            }
        }
        let expected = BoundsBuilder(kernel: Self.kernel, mask: Self.everywhere)
            .bounds(peaks: mapped, thresholdG: b, with: &paths).bounds
        for voxel in 0..<Self.everywhere.count {
            guard let bounds = found.report.bounds(at: voxel, height: height) else {
                Issue.record("peaks have bounds everywhere")
                return
            }
            #expect(abs(bounds.lower - Double(expected.lower[voxel])) < 1e-6)
            #expect(abs(bounds.upper - Double(expected.upper[voxel])) < 1e-6)
        }
    }

    @Test(
        "Bounds and report of one search per peak are those of a search for each, bit for bit",
        arguments: [nil, 10, 30] as [Double?])
    func together(leastFWHM: Double?) {
        let scale = EffectScale(n1: 24)
        let threshold = 3.2
        let b = scale.g(fromT: threshold)
        let peaks: [EffectReportBuilder.Peak] = [
            .init(coordinate: [0, 0, 0], effect: .sign(1)), .init(coordinate: [9, 4, -6], effect: .sign(-1)),
            .init(coordinate: [-14, 2, 8], effect: .known(1.4)), .init(coordinate: [500, 0, 0], effect: .sign(1)),
        ]
        // A sign-only peak's height in the bounds need not be its threshold's.
        let mapped = zip(peaks, [1.5, -2, 1.4, 3]).map { BoundsBuilder.MappedPeak(coordinate: $0.coordinate, g: $1) }
        var paths = ShortestPaths(Self.kernel.graph)
        let builder = EffectReportBuilder(kernel: Self.kernel, mask: Self.everywhere, leastFWHM: leastFWHM)
        let found = builder.evidence(
            peaks: peaks, mapped: mapped, thresholdT: threshold, thresholdG: b, scale: scale, heights: .expected,
            with: &paths)
        let report = builder.report(peaks: peaks, thresholdT: threshold, scale: scale, with: &paths)
        let bounds = BoundsBuilder(kernel: Self.kernel, mask: Self.everywhere)
            .bounds(peaks: mapped, thresholdG: b, with: &paths)
        #expect(found.unused == [3])
        #expect(report.unused == [3])
        #expect(found.bounds.lower == bounds.bounds.lower, "bounds depend on whether the report is made with them")
        #expect(found.bounds.upper == bounds.bounds.upper, "bounds depend on whether the report is made with them")
        guard case .peaks(let one) = found.report.content, case .peaks(let two) = report.report.content else {
            Issue.record("a table's report is no map")
            return
        }
        #expect(!one.voxels.isEmpty)
        #expect(one.voxels == two.voxels, "a report made with the bounds reaches other voxels")
        #expect(one.centre == two.centre)
        #expect(one.slope == two.slope)
        #expect(one.halfWidth == two.halfWidth)
        #expect(one.growth == two.growth)
        #expect(one.heights == two.heights)
    }

    @Test("From dense bounds it keeps what differs from ±b")
    func dense() {
        let scale = EffectScale(n1: 24)
        let bounds = EffectBounds(lower: [-0.5, -0.2, 0.7, -0.5], upper: [0.5, 0.9, 0.7, 0.5])
        let report = EffectReport(bounds, thresholdG: 0.5, scale: scale)
        guard case .peaks(let peaks) = report.content else {
            Issue.record("not peaks")
            return
        }
        #expect(peaks.voxels == [1, 2])
        #expect(abs((report.bounds(at: 1)?.upper ?? 0) - 0.9) < 1e-6)
        #expect(report.bounds(at: 3)?.lower == -0.5)
        let map = EffectReport(EffectBounds(lower: [.nan, 0.2], upper: [.nan, 0.2]), thresholdG: nil, scale: scale)
        #expect(map.bounds(at: 0) == nil)
        #expect(abs((map.bounds(at: 1)?.lower ?? 0) - 0.2) < 1e-7)
    }

    @Test("Heights: five quantiles of a project's own, if it has thirty; each study counts once")
    func heights() throws {
        #expect(SignOnlyHeights(ofStudies: [Array(repeating: 1.5, count: 29)]) == nil)
        let own = try #require(
            SignOnlyHeights(ofStudies: [Array(repeating: 1.2, count: 90), Array(repeating: 3, count: 10)]))
        // Half of the weight each, however many peaks.
        #expect(own.ratios == [1.2, 1.2, 1.2, 3, 3])
        #expect(abs(own.weights.reduce(0, +) - 1) < 1e-12)
        #expect(SignOnlyHeights(ratios: [1, 2], weights: [1]) == nil)
        #expect(SignOnlyHeights(ratios: [0], weights: [1]) == nil)
        // A change's g is proportional to t; a correlation's Fisher z is not.
        #expect(
            zip(
                SignOnlyHeights.expected.multiples(scale: EffectScale(n1: 20), thresholdT: 3),
                [1.10, 1.22, 1.49, 2.07, 2.86]
            ).allSatisfy { abs($0 - $1) < 1e-12 })
        let z = SignOnlyHeights.expected.multiples(scale: EffectScale(correlationOf: 20), thresholdT: 3)
        #expect(z[4] < 2.86 && z[4] > 1)
        #expect(abs(z[4] - asinh(2.86 * 3 / 18.0.squareRoot()) / asinh(3 / 18.0.squareRoot())) < 1e-12)
    }
}
