import Foundation
import Imaging
public import Inference
import Statistics

/// Stouffer's combined z at every voxel: Σwz/√Σw², tested on both sides.
///
/// Images of one sample of people first become one z, their mean over its standard deviation √(Σ R)/k under the null
/// correlation R, so that a sample does not gain weight by the number of its images.
public struct StouffersTest: ImageMethod {
    public var weighting: ImageWeighting
    public var dependence: ImageDependence

    public init(weighting: ImageWeighting = .equal, dependence: ImageDependence = .estimated) {
        self.weighting = weighting
        self.dependence = dependence
    }

    public var name: String { "Stouffers" }

    public var needs: Set<ImageQuantity> { [.z] }

    public func run(
        _ stack: ImageStack, workers: Workers, progress: any ProgressObserver
    ) async throws -> ImageMaps {
        let images = try CombinedImages(stack, weighting, dependence) { $0.squareRoot() }
        let normal = TailTable(degreesOfFreedom: .infinity)
        return try await CombinedMaps(stack.mask, name).fill(workers, progress) { range, put in
            // Row by row, so that memory is read in order and the sums are done on vectors.
            let size = range.count
            var sums = [Double](repeating: 0, count: size)
            var squares = sums
            var counts = sums
            for (sample, studies) in images.samples.enumerated() {
                let weight = images.weights[sample]
                if studies.count == 1 {
                    let row = images.rows[studies[0]] + range.lowerBound
                    for n in 0..<size {
                        let z = Double(row[n])
                        let here = z == z
                        sums[n] += here ? weight * z : 0
                        squares[n] += here ? weight * weight : 0
                        counts[n] += here ? 1 : 0
                    }
                    continue
                }
                for n in 0..<size {
                    guard let z = Self.pooled(studies, images, range.lowerBound + n) else { continue }
                    sums[n] += weight * z
                    squares[n] += weight * weight
                    counts[n] += 1
                }
            }
            for n in 0..<size where counts[n] >= 2 {
                let (z, logP) = normal(sums[n] / squares[n].squareRoot())
                put(range.lowerBound + n, z, logP, counts[n] - 1)
            }
        }
    }

    /// The z of one sample at a voxel; nil without images there, or where they cancel (variance below 1e-12).
    @inline(__always)
    private static func pooled(_ studies: [Int], _ images: CombinedImages, _ voxel: Int) -> Double? {
        var sum = 0.0
        var variance = 0.0
        var isHere = false
        for i in studies {
            let z = Double(images.rows[i][voxel])
            guard !z.isNaN else { continue }
            isHere = true
            sum += z
            for j in studies where !images.rows[j][voxel].isNaN {
                variance += i == j ? 1 : images.correlation?[i, j] ?? 0
            }
        }
        return isHere && variance > 1e-12 ? sum / variance.squareRoot() : nil
    }
}
