public import Imaging
public import Statistics

/// The places that relocated peaks may go to: centres of template voxels.
///
/// Every mask voxel, or, where there are more than the kernels of which fit in memory, a random part of them. Peaks that are
/// reported outside the mask (the kernels of which may reach into it) go to places of the template outside the mask. Which
/// voxels are chosen depends only on the seed and the space.
public struct StartPoints: Sendable {
    /// Positions in the template's domain: first those in the mask, then those outside.
    public let voxels: [Int32]
    /// How many are in the mask.
    public let insideCount: Int
    /// Centres of ``voxels``, mm.
    let coordinates: [SIMD3<Double>]

    /// Indices of those inside and outside the mask.
    public var inside: Range<Int> { 0..<insideCount }
    public var outside: Range<Int> { insideCount..<voxels.count }

    /// - Parameters:
    ///   - inside: most places inside the mask; all its voxels where they are no more.
    ///   - outside: most places outside, 0 where no study reports peaks there.
    ///   - seed: of the random choice.
    public init(_ space: AnalysisSpace, inside: Int, outside: Int, seed: UInt64) {
        let domain = space.template.domain
        var within: [Int32] = []
        var beyond: [Int32] = []
        for position in 0..<Int32(domain.count) {
            let isInMask = space.mask.position[Int(domain.voxels[Int(position)])] >= 0
            if isInMask { within.append(position) } else { beyond.append(position) }
        }
        let chosen = Self.part(of: within, count: inside, seed: seed)
        voxels = chosen + Self.part(of: beyond, count: outside, seed: seed)
        insideCount = chosen.count
        coordinates = voxels.map { domain.world(at: Int($0)) }
    }

    /// Points that were chosen before.
    init(_ voxels: [Int32], insideCount: Int, domain: Mask) {
        self.voxels = voxels
        self.insideCount = insideCount
        coordinates = voxels.map { domain.world(at: Int($0)) }
    }

    /// Those with the smallest random numbers, in their order.
    private static func part(of voxels: [Int32], count: Int, seed: UInt64) -> [Int32] {
        guard voxels.count > count else { return voxels }
        let random = Philox(seed: seed, name: "start points", purpose: 11)
        let ranked = voxels.map { voxel -> (UInt64, Int32) in
            let words = random([UInt32(bitPattern: voxel), 0, 0, 0])
            return (UInt64(words.x) << 32 | UInt64(words.y), voxel)
        }
        return ranked.sorted { $0 < $1 }.prefix(max(0, count)).map(\.1).sorted()
    }
}
