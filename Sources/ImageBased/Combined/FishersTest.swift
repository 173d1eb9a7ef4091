import Foundation
import Imaging
public import Inference
import Statistics

/// Fisher's combined p at every voxel: −2Σ ln p is χ² on 2k degrees of freedom; made in both directions, the smaller p
/// doubled ("concordant").
///
/// With weights, or where images come from one sample (each then weighs 1 over their number), the statistic is referred to a
/// scaled χ² of the same mean and variance (Brown 1975, doi:10.2307/2529826), with the covariance of two terms by Kost &
/// McDermott 2002 (doi:10.1016/S0167-7152(02)00310-3).
public struct FishersTest: ImageMethod {
    public var weighting: ImageWeighting
    public var dependence: ImageDependence

    public init(weighting: ImageWeighting = .equal, dependence: ImageDependence = .estimated) {
        self.weighting = weighting
        self.dependence = dependence
    }

    public var name: String { "Fishers" }

    public var needs: Set<ImageQuantity> { [.z] }

    public func run(
        _ stack: ImageStack, workers: Workers, progress: any ProgressObserver
    ) async throws -> ImageMaps {
        let images = try CombinedImages(stack, weighting, dependence) { $0 }
        let table = NormalLogTable()
        let isPlain = images.correlation == nil && weighting == .equal
        return try await CombinedMaps(stack.mask, name).fill(workers, progress) { range, put in
            let size = range.count
            var above = [Double](repeating: 0, count: size)
            var below = above
            var counts = above
            // Mean and variance of the statistic, where they are not 2k and 4k.
            var means = above
            var variances = above
            for (sample, studies) in images.samples.enumerated() {
                for n in 0..<size {
                    let voxel = range.lowerBound + n
                    var present = 0.0
                    for study in studies where !images.rows[study][voxel].isNaN { present += 1 }
                    guard present > 0 else { continue }
                    counts[n] += 1
                    let weight = images.weights[sample] / present
                    for study in studies {
                        let z = Double(images.rows[study][voxel])
                        if z.isNaN { continue }
                        let (thin, thick) = table(abs(z))
                        above[n] += weight * (z > 0 ? thin : thick)
                        below[n] += weight * (z > 0 ? thick : thin)
                    }
                    if isPlain { continue }
                    means[n] += 2 * weight * present
                    variances[n] += 4 * weight * weight * present
                    guard present > 1 else { continue }
                    for i in studies where !images.rows[i][voxel].isNaN {
                        for j in studies where j != i && !images.rows[j][voxel].isNaN {
                            variances[n] += weight * weight * Self.covariance(images.correlation?[i, j] ?? 0)
                        }
                    }
                }
            }
            for n in 0..<size where counts[n] >= 2 {
                let half = -min(above[n], below[n])
                let logTail =
                    isPlain
                    ? Self.logUpperTail(half, terms: Int(counts[n]))
                    : Self.scaled(half, mean: means[n], variance: variances[n])
                let logP = min(0, logTail + 0.693147180559945309417)
                let z = LogProbability.twoSided(logP)
                put(range.lowerBound + n, below[n] < above[n] ? -z : z, logP, counts[n] - 1)
            }
        }
    }

    /// Of −2 ln p of two z that correlate by r.
    private static func covariance(_ r: Double) -> Double { r * (3.263 + r * (0.710 + r * 0.027)) }

    /// ln P(χ² on 2k > 2x) = −x + ln Σ xⁱ/i! over i < k.
    private static func logUpperTail(_ x: Double, terms: Int) -> Double {
        var term = 1.0
        var sum = 1.0
        for i in 1..<max(1, terms) {
            term *= x / Double(i)
            sum += term
        }
        return sum.isFinite
            ? log(sum) - x : SpecialFunctions.logIncompleteGammaComplement(Double(terms), x)
    }

    /// Brown's: χ² times c on f degrees of freedom.
    private static func scaled(_ half: Double, mean: Double, variance: Double) -> Double {
        let c = variance / (2 * mean)
        let f = 2 * mean * mean / variance
        return SpecialFunctions.logIncompleteGammaComplement(f / 2, half / c)
    }
}
