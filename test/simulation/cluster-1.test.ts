import { describeSeeds } from './cluster-seeds.ts';

describeSeeds(1, 100);
