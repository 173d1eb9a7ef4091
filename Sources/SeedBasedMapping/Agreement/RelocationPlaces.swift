import Foundation
public import Imaging
public import Statistics

/// Where relocated peaks go: everywhere alike, or where studies at large find something.
public protocol RelocationPlaces: Sendable {
    /// A start point of the volume for four random words, or nil where these words lead out of it (the caller draws again).
    func point(_ words: SIMD4<UInt32>, in volume: SearchVolume) -> Int32?
}

/// Every place of the search volume is as likely as any other.
public struct UniformPlaces: RelocationPlaces {
    public init() {}

    public func point(_ words: SIMD4<UInt32>, in volume: SearchVolume) -> Int32? {
        volume.points.isEmpty ? nil : volume.point(words.x)
    }
}

/// Places near foci of other studies: peaks of unrelated studies converge too, at the hubs of the brain.
///
/// A focus is drawn and moved by a Gaussian of 10 mm FWHM (of 8 to 25 mm, the largest that still kept the error rate on
/// unrelated tables; `Docs/agreement-test.md`). At least 300 tables should stand behind the foci, and none of the analysis'
/// own studies.
public struct FociPlaces: RelocationPlaces {
    /// MNI mm.
    public let foci: [SIMD3<Double>]
    /// Standard deviation of the displacement along each axis, mm.
    public let deviation: Double

    /// - Parameters:
    ///   - foci: coordinates of other studies, MNI mm; at least one.
    ///   - fwhm: of the displacement, mm.
    public init(foci: [SIMD3<Double>], fwhm: Double = 10) {
        self.foci = foci
        deviation = fwhm / (8 * log(2.0)).squareRoot()
    }

    public func point(_ words: SIMD4<UInt32>, in volume: SearchVolume) -> Int32? {
        guard !foci.isEmpty else { return nil }
        let focus = foci[Int((UInt64(words.x) * UInt64(foci.count)) >> 32)]
        let step = SIMD3(words.y, words.z, words.w)
        var place = focus
        for axis in 0..<3 { place[axis] += deviation * Normal.quantile(Philox.uniform(step[axis])) }
        return volume.point(nearestTo: place)
    }
}

/// Places as likely as a map says, e.g. the density of foci of other studies.
public struct DensityPlaces: RelocationPlaces {
    private let mask: Mask
    /// Sums of the map up to and with each mask voxel.
    private let sums: [Double]

    /// - Parameter density: one value per mask voxel, in any unit; what is not positive counts as 0.
    public init(mask: Mask, density: [Float]) {
        self.mask = mask
        var sum = 0.0
        sums = density.prefix(mask.count).map { value in
            if value > 0 { sum += Double(value) }
            return sum
        }
    }

    public func point(_ words: SIMD4<UInt32>, in volume: SearchVolume) -> Int32? {
        guard let total = sums.last, total > 0, total.isFinite else { return nil }
        let wanted = total * (Philox.uniform(words.x) + Double(words.y) * 0x1p-64)
        var low = 0
        var high = sums.count - 1
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return volume.point(nearestTo: mask.world(at: low))
    }
}
