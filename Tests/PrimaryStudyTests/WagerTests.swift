import Foundation
import Imaging
import Inference
import PrimaryStudy
import Statistics
import TestSupport
import Testing

/// Thirty people, `reappraise - look negative` on centred reappraisal success, against the RobustToolbox's own maps (Wager et al.
/// 2008; shelf, data/wager2008): Analyze 7.5, big endian, single precision, NaN outside each brain.
@Suite(.enabled(if: Shelf.isHere, Shelf.absence)) struct WagerTests {
    private func floats(_ name: String) throws -> [Float] {
        let path = try #require(Shelf.file("data/wager2008/\(name)"))
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return stride(from: 0, to: data.count - 3, by: 4).map { place in
            let bits = data[place..<place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return Float(bitPattern: bits)
        }
    }

    /// The reference maps are little endian or big: told by which of the two gives sensible numbers.
    private func reference(_ name: String) throws -> [Float] {
        let big = try floats("reference_robust0001/\(name)")
        let little = big.map { Float(bitPattern: $0.bitPattern.byteSwapped) }
        func sensible(_ values: [Float]) -> Int { values.count { abs($0) > 1e-6 && abs($0) < 100 } }
        return sensible(big) > sensible(little) ? big : little
    }

    private func study() throws -> (rows: [[Float]], success: [Double]) {
        let rows = try (1...30).map { try floats(String(format: "con_008100%02d.img", $0)) }
        let path = try #require(Shelf.file("data/wager2008/X_Y_data.txt"))
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
        let success = lines.compactMap { $0.split(whereSeparator: \.isWhitespace).last.flatMap { Double($0) } }
        #expect(success.count == 30)
        // As the toolbox had it: mean 0, SD 1.
        let mean = success.reduce(0, +) / 30
        let deviation = (success.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 29).squareRoot()
        return (rows, success.map { ($0 - mean) / deviation })
    }

    @Test func bothTermsOfLeastSquaresEqualTheReference() throws {
        let (rows, success) = try study()
        let design = try StudyDesign.regression(on: StudyCovariate("success", success).centred)
        let terms = [StudyContrast(name: "mean", [1, 0]), StudyContrast(name: "success", [0, 1])]
        for (term, contrast) in terms.enumerated() {
            let theirs = try reference("ols_tmap_000\(term + 1).img")
            let betas = try reference("ols_beta_000\(term + 1).img")
            let inside = theirs.indices.filter { theirs[$0].isFinite && theirs[$0] != 0 }
            #expect(inside.count > 30_000)
            let fit = try StudyFit(
                rows.map { row in inside.map { row[$0] } }, design: design, contrast: contrast, minimum: 30)
            var worst = 0.0
            var worstBeta = 0.0
            var compared = 0
            for (place, voxel) in inside.enumerated() where !fit.statistic[place].isNaN {
                let scale = max(1, abs(Double(theirs[voxel])))
                worst = max(worst, abs(Double(fit.statistic[place]) - Double(theirs[voxel])) / scale)
                worstBeta = max(worstBeta, abs(Double(fit.effect[place]) - Double(betas[voxel])))
                compared += 1
            }
            #expect(compared > 25_000)
            #expect(worst < 1e-6, "\(contrast.name): \(worst), \(compared) voxels")
            #expect(worstBeta < 1e-6, "\(contrast.name): \(worstBeta)")
        }
    }

    @Test func robustMapsEqualTheReference() async throws {
        let (rows, success) = try study()
        let x = Matrix(columns: [[Double](repeating: 1, count: 30), success])
        let theirs = try (1...2).map { try reference("rob_tmap_000\($0).img") }
        let betas = try (1...2).map { try reference("rob_beta_000\($0).img") }
        let inside = theirs[0].indices.filter { theirs[0][$0].isFinite && theirs[0][$0] != 0 }
        let maps = try await RobustMaps(
            rows.map { row in inside.map { row[$0] } }, design: x, minimum: 30, workers: Workers(threads: 2))
        for term in 0..<2 {
            var off = 0
            var compared = 0
            var worst = 0.0
            for (place, voxel) in inside.enumerated() where !maps.t[term][place].isNaN {
                let difference = abs(Double(maps.t[term][place]) - Double(theirs[term][voxel]))
                let beta = abs(Double(maps.coefficients[term][place]) - Double(betas[term][voxel]))
                worst = max(worst, difference)
                compared += 1
                off += difference > 1e-4 || beta > 1e-4 ? 1 : 0
            }
            #expect(compared > 25_000)
            // Where weights waver between two solutions, the last step decides: t differs in the third decimal (.0066 at most).
            #expect(worst < 1e-2)
            #expect(off <= 3, "term \(term + 1): \(off) of \(compared) beyond 1e-4, the worst \(worst)")
        }
        // The person with values of -44 counts less than others.
        #expect(maps.meanWeights.allSatisfy { $0 > 0 && $0 <= 1 })
    }
}
