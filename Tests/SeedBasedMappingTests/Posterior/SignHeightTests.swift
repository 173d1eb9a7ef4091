import Evidence
import Imaging
import SeedBasedMapping
import Testing

@Suite("Heights of peaks of which only the sign is known")
struct SignHeightTests {
    private func experiment(
        _ id: String, study: String? = nil, threshold: Double? = 4, assumed: Bool = false, _ heights: [Peak.Height]
    ) -> Experiment {
        let source = SourceLocation(file: "test")
        return Experiment(
            id: id, study: study ?? id, sample: id, n1: 20, tThreshold: threshold, thresholdIsAssumed: assumed,
            report: .peaks(
                heights.map { Peak(coordinate: [0, 0, 0], space: .mni, height: $0, source: source) }),
            source: source)
    }

    private func settings(_ text: String) throws -> Settings {
        try Settings().applying([SettingAssignment(key: "sign_height", value: text)])
    }

    /// t of 1.1, 1.2 ... 2.9, 3 times the threshold 4, signs alternating: 20 peaks.
    private static let twenty: [Peak.Height] = (1...20).map { .t((1 + Double($0) / 10) * ($0 % 2 == 0 ? 4 : -4)) }
    /// 1.5 times the threshold 4, ten times.
    private static let ten: [Peak.Height] = Array(repeating: .t(6), count: 10)

    @Test("thirty peaks with t: quantiles of t / t(threshold), each study counted once")
    func own() throws {
        let found = SignOnlyHeights.of(
            try settings("expected"), [experiment("A", Self.twenty), experiment("B", Self.ten)])
        #expect(found.origin == .own(peaks: 30, studies: 2))
        // By hand. A's peaks weigh 1/20, B's 1/10; of the weight of 2, 0.2 lies at 1.4 (4 of A); 1.5 brings it to
        // 5/20 + 1 = 1.25, so that .25 (0.5) and .5 (1) are 1.5; 0.75 (1.5) is A's 10th, 2.0; 0.9 (1.8) its 16th, 2.6.
        for (ratio, expected) in zip(found.heights.ratios, [1.4, 1.5, 1.5, 2.0, 2.6]) {
            #expect(abs(ratio - expected) < 1e-12)
        }
        #expect(found.heights.weights == SignOnlyHeights.expected.weights)
        #expect(
            found.heights.words(from: found.origin)
                == "1.4 to 2.6 times its threshold (median 1.5), as the project's 30 peaks with t, of 2 studies")
    }

    @Test("experiments of one study count as one")
    func studies() throws {
        let high = Array(repeating: Peak.Height.t(12), count: 10)
        let experiments =
            [experiment("B", Self.ten)] + ["A1", "A2", "A3"].map { experiment($0, study: "A", high) }
        let found = SignOnlyHeights.of(try settings("expected"), experiments)
        #expect(found.origin == .own(peaks: 40, studies: 2))
        // Half of the weight at 1.5, half at 3; were they four, only a quarter would be at 1.5, and the median 3.
        #expect(found.heights.ratios == [1.5, 1.5, 1.5, 3, 3])
    }

    @Test("signs, maps' peaks, assumed thresholds and a t far below its threshold do not count; rounding is forgiven")
    func whatCounts() throws {
        let nineteen = Array(repeating: Peak.Height.t(8), count: 19)
        func origin(_ more: [Experiment]) throws -> SignOnlyHeights.Origin {
            SignOnlyHeights.of(try settings("expected"), [experiment("A", nineteen), experiment("B", Self.ten)] + more)
                .origin
        }
        #expect(try origin([]) == .published)
        #expect(try origin([experiment("C", [.positive, .negative, .unknown])]) == .published)
        #expect(try origin([experiment("C", assumed: true, Self.twenty)]) == .published)
        #expect(try origin([experiment("C", threshold: nil, Self.twenty)]) == .published)
        #expect(try origin([experiment("C", [.t(3.98)])]) == .published)
        #expect(try origin([experiment("C", [.t(-3.995)])]) == .own(peaks: 30, studies: 3))
        let rounded = SignOnlyHeights.of(
            try settings("expected"), [experiment("A", Array(repeating: .t(3.995), count: 30))])
        #expect(rounded.heights.ratios == [1, 1, 1, 1, 1])
    }

    @Test("else the published quantiles; the threshold or a factor where the setting says so")
    func others() throws {
        let many = [experiment("A", Self.twenty + Self.ten)]
        let published = SignOnlyHeights.of(try settings("expected"), [])
        #expect(published.heights == .expected && published.origin == .published)
        #expect(
            published.heights.words(from: .published)
                == "1.1 to 2.86 times its threshold (median 1.49), as 746 peaks of 56 published studies")
        let threshold = SignOnlyHeights.of(try settings("threshold"), many)
        #expect(threshold.heights.ratios == [1] && threshold.origin == .threshold)
        #expect(threshold.heights.words(from: threshold.origin) == "as high as its threshold")
        let factor = SignOnlyHeights.of(try settings("1.6"), many)
        #expect(factor.heights.ratios == [1.6] && factor.heights.weights == [1] && factor.origin == .factor(1.6))
        #expect(factor.heights.words(from: factor.origin) == "1.6 times its threshold")
    }
}
