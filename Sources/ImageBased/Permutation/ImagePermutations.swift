import Inference
import Statistics

/// How the residuals of independent samples are rearranged: signs flipped, or their order changed. Number 0 leaves the data
/// as they are.
///
/// When there are no more arrangements than asked for, all are enumerated; else each is drawn by a counter-based generator keyed
/// by its number.
public struct ImagePermutations: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// For a mean (Winkler et al. 2014, doi:10.1016/j.neuroimage.2014.01.060): errors symmetric about 0.
        case signFlips
        /// For covariates: errors exchangeable.
        case orders
    }

    public let kind: Kind
    public let samples: Int
    /// In all, number 0 included.
    public let count: Int
    public let isExhaustive: Bool
    private let stream: Philox
    private let studies: StudyPermutations?
    private let given: [[Bool]]?

    /// - Parameter requested: besides the data as they are, at least 1.
    public init(_ kind: Kind, samples: Int, requested: Int, seed: UInt64) {
        self.kind = kind
        self.samples = samples
        stream = Philox(seed: seed, name: "image sign flips", purpose: 5)
        given = nil
        switch kind {
        case .signFlips:
            studies = nil
            isExhaustive = samples < 40 && 1 << samples <= requested + 1
            count = isExhaustive ? 1 << samples : max(1, requested) + 1
        case .orders:
            let orders = StudyPermutations(studies: samples, requested: requested + 1, seed: seed)
            studies = orders
            isExhaustive = orders.isExhaustive
            count = orders.count
        }
    }

    /// Given sign flips, each with one value per sample in order of first appearance (true: flipped).
    public init(flips: [[Bool]]) throws(ImageError) {
        let samples = flips.first?.count ?? 0
        guard samples > 0, flips.allSatisfy({ $0.count == samples }) else {
            throw .mismatch("Sign flips of different lengths, or none.")
        }
        kind = .signFlips
        self.samples = samples
        count = flips.count + 1
        isExhaustive = false
        stream = Philox(key: 0)
        studies = nil
        given = flips
    }

    /// The smallest p that a two-sided test can give: data and their mirror image are the same to it.
    public var smallestP: Double {
        switch kind {
        case .signFlips: isExhaustive ? 2 / Double(count) : max(1 / Double(count), 2 * exp2(-samples))
        case .orders: 1 / Double(count)
        }
    }

    private func exp2(_ power: Int) -> Double { Double(sign: .plus, exponent: power, significand: 1) }

    /// Whether each sample's sign is flipped.
    public func flips(_ number: Int) -> [Bool] {
        guard number > 0, kind == .signFlips else { return [Bool](repeating: false, count: samples) }
        if let given { return given[number - 1] }
        if isExhaustive { return (0..<samples).map { number >> $0 & 1 == 1 } }
        var flips: [Bool] = []
        flips.reserveCapacity(samples)
        for block in 0..<(samples + 127) / 128 {
            let words = stream([UInt32(truncatingIfNeeded: number), UInt32(block), 0, 0])
            for bit in 0..<min(128, samples - block * 128) {
                flips.append(words[bit / 32] >> UInt32(bit % 32) & 1 == 1)
            }
        }
        return flips
    }

    /// Which sample's residual each sample gets.
    public func order(_ number: Int) -> [Int] {
        studies.map { $0.order(number).map(Int.init) } ?? Array(0..<samples)
    }
}
