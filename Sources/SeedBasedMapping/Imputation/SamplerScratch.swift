import Statistics

/// Memory a worker's sampler reuses, and the noise that is in it: drawing one run of voxels after another, noise that both need is drawn once.
///
/// For one sampler only.
public struct SamplerScratch {
    /// Which noise: a stream's, of one batch of imputations, at consecutive mask positions.
    struct Window: Hashable {
        var stream: Philox
        var batch: Int
        var lanes: Int
        var span: Range<Int>

        /// The same noise at other positions.
        func continues(_ other: Window) -> Bool {
            stream == other.stream && batch == other.batch && lanes == other.lanes
        }
    }

    /// One vector per position of the window; may be longer.
    var noise: [SIMD16<Float>] = []
    private var window: Window?

    public init() {}

    /// Makes room for a window, and moves what of it is there already to its place.
    /// - Returns: the positions that are to be drawn.
    mutating func move(to next: Window) -> Range<Int> {
        let last = window
        window = next
        if noise.count < next.span.count {
            noise += Array(repeating: .zero, count: next.span.count - noise.count)
        }
        guard let last, next.continues(last), last.span.contains(next.span.lowerBound) else { return next.span }
        let kept = min(last.span.upperBound, next.span.upperBound) - next.span.lowerBound
        let offset = next.span.lowerBound - last.span.lowerBound
        if offset > 0 {
            noise.withUnsafeMutableBufferPointer { noise in
                noise.baseAddress!.update(from: noise.baseAddress! + offset, count: kept)
            }
        }
        return next.span.lowerBound + kept..<next.span.upperBound
    }
}
