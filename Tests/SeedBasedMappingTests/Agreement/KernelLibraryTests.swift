import Imaging
import Inference
import SeedBasedMapping
import Testing

@Suite("Agreement test: kernels of start points")
struct KernelLibraryTests {
    /// Tissue that is not the same everywhere, so that paths bend.
    private func kernel(_ space: AnalysisSpace, anisotropy: Double) -> PeakKernel {
        let domain = space.template.domain
        let slowness = (0..<domain.count).map { index -> Float in
            let place = domain.world(at: index)
            return place.x > 10 ? 1.5 : place.z > 20 ? 0.6 : 1
        }
        let template = CorrelationTemplate(domain: domain, slowness: slowness)
        return PeakKernel(graph: KernelGraph(template: template, fwhm: 20), anisotropy: anisotropy)
    }

    @Test("A kernel has the voxels and distances of a peak at the voxel's centre", arguments: [0, 0.4, 1])
    func distances(anisotropy: Double) async throws {
        let space = try #require(AgreementSpace.make(voxelSize: 4))
        let kernel = kernel(space, anisotropy: anisotropy)
        let domain = space.template.domain
        let voxels = stride(from: 5, to: domain.count, by: domain.count / 9).map { Int32($0) }
        let library = try await KernelLibrary(
            voxels: voxels, kernel: kernel, mask: space.mask, workers: Workers(threads: 2))
        #expect(library.count == voxels.count)
        var paths = ShortestPaths(kernel.graph)
        for (index, voxel) in voxels.enumerated() {
            var expected: [Int: Double] = [:]
            _ = kernel.spread(from: domain.world(at: Int(voxel)), with: &paths) { other, distance in
                let position = Int(space.mask.position[Int(domain.voxels[other])])
                if position >= 0 { expected[position] = distance }
            }
            let found = library.voxels(of: index)
            // Only at the very end of its reach may single precision lose or add a voxel.
            #expect(abs(found.count - expected.count) <= expected.count / 200)
            for (position, distance, isNear) in found {
                let exact = expected[position] ?? kernel.reach
                if exact <= kernel.core {
                    #expect(distance == 0)
                } else {
                    #expect(abs(distance - exact) <= max(0.51 * library.step, library.step - exact))
                }
                if abs(exact - 10) > 1e-3 { #expect(isNear == (exact <= 10)) }
            }
        }
    }

    @Test("Kernels do not depend on the number of threads")
    func threads() async throws {
        let space = try #require(AgreementSpace.make())
        let kernel = kernel(space, anisotropy: 1)
        let voxels = (0..<Int32(space.template.domain.count)).filter { $0 % 7 == 0 }
        let one = try await KernelLibrary(
            voxels: voxels, kernel: kernel, mask: space.mask, workers: Workers(threads: 1))
        let three = try await KernelLibrary(
            voxels: voxels, kernel: kernel, mask: space.mask, workers: Workers(threads: 3))
        for index in voxels.indices {
            #expect(one.voxels(of: index).elementsEqual(three.voxels(of: index), by: ==))
        }
        #expect(one.bytes == three.bytes)
    }
}
