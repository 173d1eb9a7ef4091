import ImageBased
import Imaging
import Inference
import Statistics
import Testing

/// A small part of what ``PainConformanceTests`` checks, without the reference shelf.
@Suite("Sixteen voxels of 21 pain images") struct PainVoxelsTests {
    @Test(
        "Every closed-form estimator and combined test gives NiMARE's numbers",
        arguments: PainConformanceTests.methods.indices)
    func maps(index: Int) async throws {
        let (file, method) = PainConformanceTests.methods[index]
        let pain = try References.load().pain
        var stack = try ImageStack(mask: row(of: pain.voxels.count))
        for (number, study) in pain.studies.enumerated() {
            var values: [ImageQuantity: [Float]] = [:]
            values[.effect] = study.effect?.map { Float($0) }
            values[.variance] = study.variance?.map { Float($0) }
            values[.t] = study.t?.map { Float($0) }
            values[.z] = study.z?.map { Float($0) }
            try stack.append(.init(id: "\(number)", sampleSize: study.n), values: values)
        }
        stack = stack.selecting(stack.studies(having: method.needs))
        let maps = try await method.run(stack, workers: Workers(threads: 1))
        var compared = 0
        for name in maps.names {
            guard let theirs = pain.maps["\(file)_\(name.nimare)"], let ours = maps[name] else { continue }
            for (a, b) in zip(ours, theirs) {
                #expect(
                    name.value == .z ? abs(Double(a) - b) <= 1e-5 : near(Double(a), b, 1e-6), "\(file) \(name.nimare)")
            }
            compared += 1
        }
        #expect(compared >= 3)
    }
}
