import { describeSeeds } from './cluster-seeds.ts';

describeSeeds(101, 100);
