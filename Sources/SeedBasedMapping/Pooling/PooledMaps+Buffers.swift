import Imaging
import Inference

extension PooledMaps {
    /// The maps while threads fill them, each its own voxels: named like the maps they become.
    struct Buffers: Sendable {
        let g, se, z, tau2, i2, h2, q, df, fmi: SharedArray<Float>

        init(voxels: Int) {
            func map() -> SharedArray<Float> { SharedArray(repeating: .nan, count: voxels) }
            (g, se, z, tau2, i2, h2, q, df, fmi) = (map(), map(), map(), map(), map(), map(), map(), map(), map())
        }

        /// Of a mean: what one voxel's imputations pool to.
        func set(_ voxel: Int, to pooled: ImputationPool.Pooled) {
            let error = pooled.variance.squareRoot()
            g.buffer[voxel] = Float(pooled.g)
            se.buffer[voxel] = Float(error)
            z.buffer[voxel] = Float(pooled.g / error)
            setHeterogeneity(
                voxel, to: (tau2: pooled.tau2, i2: pooled.i2, h2: pooled.h2, q: pooled.q, df: pooled.df))
            fmi.buffer[voxel] = Float(pooled.fmi)
        }

        /// τ², I², H² and Q, which a model with covariates has of its residuals.
        func setHeterogeneity(
            _ voxel: Int, to pooled: (tau2: Double, i2: Double, h2: Double, q: Double, df: Double)
        ) {
            tau2.buffer[voxel] = Float(pooled.tau2)
            i2.buffer[voxel] = Float(pooled.i2)
            h2.buffer[voxel] = Float(pooled.h2)
            q.buffer[voxel] = Float(pooled.q)
            df.buffer[voxel] = Float(pooled.df)
        }

        func maps(_ mask: Mask) -> PooledMaps {
            PooledMaps(
                mask: mask, g: g.array, se: se.array, z: z.array, tau2: tau2.array, i2: i2.array, h2: h2.array,
                q: q.array, df: df.array, fmi: fmi.array)
        }
    }
}
